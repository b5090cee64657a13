"""What the schemas say and proto lacks, as text to insert: rpcs, messages, fields, enums, members, arms, reservations."""

from __future__ import annotations

from codegen.diagnostics import Findings
from codegen.fix.proto_writer import ProtoWriter, reserve
from codegen.ir.names import pascal
from codegen.ir.operations import Contract
from codegen.ir.proto_spelling import enum_members, in_messages, said_members
from codegen.ir.types import Enum, Record, Union
from codegen.parse.join import Dialects
from codegen.parse.proto import ProtoEnum, ProtoMessage


def offer_proto_edits(contract: Contract, dialects: Dialects, findings: Findings) -> None:
    """Attaches them to the findings that say what proto lacks; new numbers are given in the order of the contract."""
    offers = _Offers(contract, dialects, findings)
    for operation in contract.operations:
        name = pascal(operation.name)
        if name not in dialects.proto.rpcs:
            findings.attach("X001", operation.place, offers.writer.rpc(operation), name)
        offers.record(operation.request, operation.feature)
    for name in sorted(in_messages(contract)):
        match contract.definitions.get(name):
            case Record() as record:
                offers.record(record)
            case Enum() as enum:
                offers.enum(enum)
            case Union() as union:
                offers.union(union)
    offers.rsp_codes()
    offers.reservations()


class _Offers:
    def __init__(self, contract: Contract, dialects: Dialects, findings: Findings) -> None:
        self.writer = ProtoWriter(contract, dialects.proto, dialects.words.lock)
        self._contract = contract
        self._proto = dialects.proto
        self._lock = dialects.words.lock
        self._findings = findings

    def record(self, record: Record, feature: str | None = None) -> None:
        message = self._proto.messages.get(record.name)
        if message is None:
            edits = self.writer.message(record.name, record.fields, feature)
            self._findings.attach("X005", record.place, edits, record.name)
            return
        for one in record.fields:
            if message.field(one.name) is None:
                subject = f"{record.name}.{one.name}"
                self._findings.attach("X010", one.place, self.writer.field(message, one), subject)

    def enum(self, enum: Enum) -> None:
        theirs = self._proto.enums.get(enum.name)
        if theirs is None:
            self._findings.attach("X006", enum.place, self.writer.enum(enum, enum_members(enum)), enum.name)
            return
        values = dict(zip(said_members(enum), (value for _, value in enum.members), strict=True))
        for name in sorted(set(enum_members(enum)) - {known for known, _ in theirs.members}):
            self._findings.attach("X016", enum.place, self.writer.member(theirs, name, values.get(name, "")), name)

    def union(self, union: Union) -> None:
        message = self._proto.messages.get(union.name)
        if message is None:
            self._findings.attach("X005", union.place, self.writer.union(union), union.name)
            return
        for tag, record in union.arms:
            self._findings.attach("X018", union.place, self.writer.arm(message, union.arm_name(tag), record), tag)

    def rsp_codes(self) -> None:
        theirs = self._proto.enums.get("RspCode")
        if theirs is None:
            return
        known = dict(theirs.members)
        wanted = {f"RSP_CODE_{name}": number for name, number in self._contract.rsp_codes}
        lacking = [name for name in wanted if name not in known]
        edits = [edit for name in lacking for edit in self.writer.member(theirs, name, wanted[name])]
        self._findings.attach("X019", theirs.place, edits)

    def reservations(self) -> None:
        """For a name that left, unless another has its number."""
        holders: list[ProtoMessage | ProtoEnum] = [*self._proto.messages.values(), *self._proto.enums.values()]
        for holder in holders:
            used = (
                {one.number for one in holder.fields}
                if isinstance(holder, ProtoMessage)
                else {number for _, number in holder.members}
            )
            for name, number in self._lock.fields.get(holder.name, {}).items():
                if number not in used:
                    self._findings.attach("N006", holder.place, reserve(holder, name, number), name)

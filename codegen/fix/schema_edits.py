"""What only proto says, as text to insert into the schemas: properties, members of enums, records and enums.

Only what the lock has never seen is new. What it knows was once in the schema, so that a person took it out; the way back
would need what proto cannot say. A property goes into the one schema of which every message that is made of it has the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from codegen.diagnostics import Findings, Place
from codegen.edits import BODY, END, Edit
from codegen.fix.schema_spelling import enum_text, is_required, member_name, property_of, record_text
from codegen.ir.names import is_type_name
from codegen.ir.operations import Contract
from codegen.ir.proto_spelling import in_messages
from codegen.ir.types import Enum, Record
from codegen.parse.join import Dialects
from codegen.parse.keywords import RESERVED
from codegen.parse.proto import ProtoEnum, ProtoField, ProtoMessage
from codegen.parse.yaml_edits import add_entry, add_item, add_table, reference, word
from codegen.parse.yaml_tree import Mapping, Node, Sequence

ENVELOPE = "envelope"


def offer_schema_edits(contract: Contract, dialects: Dialects, findings: Findings) -> None:
    """Attaches them to the findings that say what the schemas lack."""
    homes = _Homes(contract, dialects)
    for place, text, file in homes.new_schemas():
        between, lead = ("", "\n") if file in homes.files else ("\n", "")
        findings.attach("X008", place, [Edit(file, END, 1, lead + text, BODY, between)])
    for leaf, added in _Properties(contract, dialects, homes).additions():
        edits = _into(leaf, added, homes)
        for _, place in added:
            findings.attach("X011", place, edits)
    for name in sorted(in_messages(contract)):
        enum, theirs = contract.definitions.get(name), dialects.proto.enums.get(name)
        if isinstance(enum, Enum) and theirs is not None:
            for spelled, edits in _members(enum, theirs, dialects):
                findings.attach("X016", enum.place, edits, spelled)


class _Homes:
    """Which file has the schema of a message or an enum, or will have it."""

    def __init__(self, contract: Contract, dialects: Dialects) -> None:
        self._contract = contract
        self._proto = dialects.proto
        self._lock = dialects.words.lock
        trees = [dialects.documents.tree(file) for file in dialects.documents.names("schemas", ".yaml")]
        self._trees = {tree.place.file: tree for tree in trees if isinstance(tree, Mapping)}
        self._known = {name: file for file, tree in self._trees.items() for name in tree.entries}
        self._new: dict[str, str] = {}
        requests = {operation.request.name for operation in contract.operations}
        requests |= {rpc.input for rpc in dialects.proto.rpcs.values()}
        declared: list[ProtoMessage | ProtoEnum] = [*self._proto.messages.values(), *self._proto.enums.values()]
        for one in declared:
            if one.name not in requests and self._is_new(one):
                self._new[one.name] = self._file_of(one)
        self._drop_what_cannot_be_said()

    @property
    def files(self) -> set[str]:
        return set(self._trees)

    def refer(self, file: str, name: str) -> str | None:
        home = self._known.get(name) or self._new.get(name)
        return reference(file, home, name) if home and name not in RESERVED else None

    def new_schemas(self) -> Iterator[tuple[Place, str, str]]:
        """Where the message or enum stands, its schema, and the file for it."""
        used = {name for message in self._proto.messages.values() for name in _names(message)}
        for name, file in self._new.items():
            message, enum = self._proto.messages.get(name), self._proto.enums.get(name)
            if message is not None and (message.fields or name in used):
                yield message.place, self._record(message, file) or "", file
            elif enum is not None:
                yield enum.place, enum_text(enum) or "", file

    def _is_new(self, one: ProtoMessage | ProtoEnum) -> bool:
        name = one.name
        if name in self._known or name in self._lock.fields or name in RESERVED or not is_type_name(name):
            return False
        file = self._file_of(one)
        tree = self._trees.get(file)
        return PurePosixPath(one.place.file).stem != ENVELOPE and (tree is None or not tree.is_flow)

    def _file_of(self, one: ProtoMessage | ProtoEnum) -> str:
        """Where most schemas of the proto file's messages are; else a file of its name."""
        bindings, definitions = self._contract.bindings, self._contract.definitions.values()
        stem = PurePosixPath(one.place.file).stem
        files = [each.place.file for each in definitions if each.name in bindings and bindings[each.name].file == stem]
        return max(sorted(files), key=files.count, default=f"specs/schemas/{stem}.yaml")

    def _drop_what_cannot_be_said(self) -> None:
        """A record whose field has no schema has none either."""
        while unsaid := {name for name, file in self._new.items() if not self._can_say(name, file)}:
            self._new = {name: file for name, file in self._new.items() if name not in unsaid}

    def _can_say(self, name: str, file: str) -> bool:
        message, enum = self._proto.messages.get(name), self._proto.enums.get(name)
        if message is not None:
            return self._record(message, file) is not None
        return enum is not None and enum_text(enum) is not None

    def _record(self, message: ProtoMessage, file: str) -> str | None:
        found = {word(one.name): property_of(one, lambda name: self.refer(file, name)) for one in message.fields}
        said = {name: text for name, text in found.items() if text is not None}
        holds_itself = any(is_required(one) and one.type_name == message.name for one in message.fields)
        if holds_itself or len(said) < len(message.fields):
            return None
        return record_text(message.name, said, [word(one.name) for one in message.fields if is_required(one)])


@dataclass(slots=True)
class _Leaf:
    """A schema with properties, and the messages that are made of it."""

    node: Mapping
    messages: set[str] = field(default_factory=set)
    is_whole: bool = True
    """Whether each of these has its fields on all of its doors."""


class _Properties:
    """Which schema gets which field of proto."""

    def __init__(self, contract: Contract, dialects: Dialects, homes: _Homes) -> None:
        self._contract = contract
        self._dialects = dialects
        self._homes = homes
        self._leaves: dict[Place, _Leaf] = {}
        self._unknown_fields: dict[str, dict[str, ProtoField]] = {}
        self._lists = {one.result.record for one in contract.operations if one.result.is_list}
        for record, doors, carried in self._records():
            self._read(record, doors, carried)

    def additions(self) -> list[tuple[Mapping, list[tuple[ProtoField, Place]]]]:
        """By schema the fields that it gets, with the place of each in proto."""
        found: dict[Place, list[tuple[ProtoField, Place]]] = {}
        for message, fields in self._unknown_fields.items():
            for one in fields.values():
                fitting = [
                    place for place, leaf in self._leaves.items() if message in leaf.messages and self._fits(leaf, one)
                ]
                if len(fitting) == 1:
                    found.setdefault(fitting[0], []).append((one, one.place))
        return [(self._leaves[place].node, added) for place, added in found.items()]

    def _records(self) -> Iterator[tuple[Record, list[list[Node]], set[str]]]:
        """Each record with the schemas that it is made of, door by door, and with what has another carrier."""
        http, socket = self._dialects.http.operations, self._dialects.socket.operations
        for operation in self._contract.operations:
            doors = [known[operation.name].records for known in (http, socket) if operation.name in known]
            carried = {one.field for one in operation.http.parameters} if operation.http else set()
            path = operation.http.path if operation.http else ""
            yield operation.request, doors, carried | set(re.findall(r"\{([^}]*)\}", path))
        for name in sorted(in_messages(self._contract)):
            record = self._contract.definitions.get(name)
            tree = self._dialects.documents.tree(record.place.file) if record else None
            if isinstance(record, Record) and isinstance(tree, Mapping):
                yield record, [[node for node in tree.entries.values() if node.place == record.place]], set()

    def _read(self, record: Record, doors: list[list[Node]], carried: set[str]) -> None:
        message = self._dialects.proto.messages.get(record.name)
        if message is None:
            return
        locked = self._dialects.words.lock.fields.get(record.name, {})
        found = [{place: node for one in door for place, node in self._parts(one).items()} for door in doors]
        for place, node in {place: node for door in found for place, node in door.items()}.items():
            leaf = self._leaves.setdefault(place, _Leaf(node))
            leaf.messages.add(record.name)
            leaf.is_whole = leaf.is_whole and all(place in door for door in found)
        written = {name for door in found for node in door.values() for name in _written(node)}
        known = {*locked, *carried, *written, *(one.name for one in record.fields)}
        self._unknown_fields[record.name] = {one.name: one for one in message.fields if one.name not in known}

    def _parts(self, node: Node, around: tuple[Place, ...] = ()) -> dict[Place, Mapping]:
        """The schemas with properties behind a node, `allOf` taken apart."""
        target = self._dialects.documents.resolve(node)
        if not isinstance(target, Mapping) or target.place in around:
            return {}
        parts, inside = target.get("allOf"), (*around, target.place)
        if isinstance(parts, Sequence):
            return {place: leaf for part in parts.items for place, leaf in self._parts(part, inside).items()}
        return {} if {"oneOf", "enum"} & target.entries.keys() else {target.place: target}

    def _fits(self, leaf: _Leaf, one: ProtoField) -> bool:
        """Every message of the schema has the field, new and spelled alike; a list has no others, and none holds itself."""
        file = leaf.node.place.file
        theirs = [self._unknown_fields[message].get(one.name) for message in leaf.messages]
        said = {self._said(each, file) if each else None for each in theirs}
        holds_itself = is_required(one) and one.type_name in leaf.messages
        return (
            leaf.is_whole
            and not holds_itself
            and not leaf.messages & self._lists
            and len(said) == 1
            and None not in said
        )

    def _said(self, one: ProtoField, file: str) -> tuple[str, bool] | None:
        text = property_of(one, lambda name: self._homes.refer(file, name))
        return (text, is_required(one)) if text else None


def _written(node: Mapping) -> Iterable[str]:
    """The properties that stand there, also those that could not be read."""
    properties = node.get("properties")
    return properties.entries if isinstance(properties, Mapping) else ()


def _into(leaf: Mapping, added: list[tuple[ProtoField, Place]], homes: _Homes) -> list[Edit]:
    file = leaf.place.file
    fields = {one.name: one for one, _ in added}
    said = {word(name): property_of(one, lambda other: homes.refer(file, other)) or "" for name, one in fields.items()}
    required = [word(name) for name, one in fields.items() if is_required(one)]
    properties, listed = leaf.get("properties"), leaf.get("required")
    if properties is None:
        edits = [add_table(leaf, "properties", said)]
    elif isinstance(properties, Mapping):
        edits = [add_entry(properties, name, text) for name, text in said.items()]
    else:
        return []
    if isinstance(listed, Sequence):
        return [*edits, *(add_item(listed, name) for name in required)]
    return [*edits, add_entry(leaf, "required", f"[{', '.join(required)}]")] if required and listed is None else edits


def _members(enum: Enum, theirs: ProtoEnum, dialects: Dialects) -> Iterator[tuple[str, list[Edit]]]:
    """What proto calls each member that is new there, and how the schema gets it."""
    tree = dialects.documents.tree(enum.place.file)
    node = tree.get(enum.name) if isinstance(tree, Mapping) else None
    values, names = (node.get(key) if isinstance(node, Mapping) else None for key in ("enum", "x-enum-names"))
    locked = dialects.words.lock.fields.get(enum.name, {})
    present = {label.replace("-", "_").lower() for label, _ in enum.members}
    for spelled, number in theirs.members:
        name = member_name(enum.name, spelled, is_text=enum.is_text)
        if name is None or spelled in locked or name in present:
            continue
        if enum.is_text and isinstance(values, Sequence):
            yield spelled, [add_item(values, word(name))]
        elif isinstance(values, Sequence) and isinstance(names, Sequence):
            yield spelled, [add_item(values, str(number)), add_item(names, word(name))]


def _names(message: ProtoMessage) -> set[str]:
    return {each.type_name for one in message.fields for each in (one, one.map_value or one)}

"""JSON ⇄ protobuf by the descriptors of a contract, after the table of `specs/README.md`, written apart from the service's converters.

Promises: whoever the contract's protobuf would carry is carried; what it cannot say (a text where a number is due, a missing number,
a member that there is not) is Inexpressible. What comes is read as a person would who has only the `.proto` files and the schemas.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from codegen.emit.control_proto import PACKAGE, with_control
from codegen.ir.operations import Contract, Operation
from codegen.ir.proto_spelling import said_members
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Enum,
    Field,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    Type,
    Union,
)
from codegen.pipeline import load
from proof.documents import DocumentError, Json

SPAN = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?")
"""ISO 8601 without years and months, which have no length."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NANOS = 10**9


UNREADABLE = (ValueError, KeyError, TypeError, OverflowError, RecursionError, DecodeError)
"""What reading a message, or JSON, of somebody else may raise."""


class Inexpressible(Exception):
    """A value that has no form in protobuf."""


def compiled(specs: Path, *, wants_proto: bool = True) -> Contract:
    """The contract of a folder; DocumentError with the compiler's own findings where it is none. Without `wants_proto` messages may be
    missing, and then it is one of JSON alone."""
    if not specs.is_dir():
        raise DocumentError(f"{specs}: there is no such folder")
    found = load(specs, wants_proto=wants_proto)
    if found.findings:
        raise DocumentError(f"{specs}: is no contract that compiles\n{found.report()}")
    return found.contract


def _place(message: Any) -> Json:
    return {name: getattr(message, name) for name in ("topic", "epoch", "offset", "recovered")}


@dataclass(frozen=True, slots=True)
class _Place:
    message: Message
    field: str


class Protobuf:
    """Messages of one contract. `contract.proto` is what its bindings are made of. Where it `fills`, what is read has the defaults of
    what is absent, as whoever serves it has."""

    def __init__(self, contract: Contract, *, fills: bool = True) -> None:
        self.contract = contract
        self._fills = fills
        self._pool = DescriptorPool()
        for file in with_control(FileDescriptorSet.FromString(contract.proto)).file:
            self._pool.Add(file)
        self._operations = {one.pkg_id: one for one in contract.operations if one.pkg_id is not None}
        self._events = {one.pkg_id: one for one in contract.events}

    def new(self, name: str) -> Any:
        """An empty message of the contract, or of google's where it has a dot."""
        binding = self.contract.bindings.get(name)
        if binding is None:
            return GetMessageClass(self._pool.FindMessageTypeByName(name))()
        file = self._pool.FindFileByName(f"{binding.file}.proto")
        return GetMessageClass(self._pool.FindMessageTypeByName(".".join(filter(None, (file.package, binding.path)))))()

    def request(self, operation: Operation, value: Any) -> bytes:
        """The message of an operation's request; Inexpressible."""
        message = self.new(operation.request.name)
        self._fill(operation.request, message, value)
        return bytes(message.SerializeToString())

    def asked(self, operation: Operation, data: bytes) -> Json:
        """What `request` wrote, as JSON again; ValueError where it cannot be read."""
        message = self.new(operation.request.name)
        message.ParseFromString(data)
        return self._value(operation.request, message)

    def message(self, record: str, value: Any) -> bytes:
        """A record or a union as a serialized message; Inexpressible."""
        message = self.new(record)
        self._into(message, Named(record), value)
        return bytes(message.SerializeToString())

    def frame(self, pkg_id: int, req_id: str, data: bytes, meta: Json | None = None) -> bytes:
        """A Request of envelope.proto."""
        request = self.new("Request")
        request.pkg_id, request.req_id, request.data = pkg_id, req_id, data
        for name, value in (meta or {}).items():
            setattr(request.meta, name, value)
        return bytes(request.SerializeToString())

    def topics(self, said: Json) -> bytes:
        """The data of a control frame that names topics, and perhaps positions, and those of which it wants to know who follows."""
        message = self.new(f"{PACKAGE}.Topics")
        try:
            message.topics.extend(said["topics"])
            for one in said.get("positions", ()):
                message.positions.add(**one)
            message.presence.extend(said.get("presence", ()))
        except (TypeError, ValueError, AttributeError) as error:
            raise Inexpressible(str(error)) from None
        return bytes(message.SerializeToString())

    def said_topics(self, data: bytes) -> Json:
        """What `topics` wrote; ValueError or DecodeError."""
        message = self.new(f"{PACKAGE}.Topics")
        message.ParseFromString(data)
        positions = [_place(one) for one in message.positions]
        return {"topics": list(message.topics), "positions": positions, "presence": list(message.presence)}

    def said_presence(self, data: bytes) -> Json:
        """Who follows a topic, of a control frame that says so; ValueError or DecodeError."""
        message = self.new(f"{PACKAGE}.Presence")
        message.ParseFromString(data)
        return {"topic": message.topic, "users": list(message.users), "count": message.count}

    def said_place(self, data: bytes) -> Json:
        """The position of a control frame that names one; ValueError or DecodeError."""
        message = self.new(f"{PACKAGE}.Position")
        message.ParseFromString(data)
        return _place(message)

    def read(self, frame: bytes) -> Json:
        """A Response as its JSON twin has it; ValueError for what is none, or whose data is none."""
        response = self.new("Response")
        response.ParseFromString(frame)
        said = {name: getattr(response, name) for name in _PLAIN if response.HasField(name)}
        out: Json = {"pkg_id": None, "req_id": None} if "status_code" in said else {}
        out |= said
        if response.HasField("meta"):
            out["meta"] = self._value(self.contract.record("PageMeta"), response.meta)
        out["data"] = self._data(response, said.get("pkg_id"), said.get("status_code"))
        return out

    def _data(self, response: Any, pkg_id: int | None, status_code: int | None) -> Any:
        if status_code:
            return self.value("Problem", response.data)
        if status_code is None:
            event = self._events.get(pkg_id or 0)
            return self.value(event.record, response.data) if event else {"raw": response.data.hex()}
        operation = self._operations.get(pkg_id or 0)
        if operation is None:
            return {"raw": response.data.hex()}
        return self.result(operation, response.data)

    def result(self, operation: Operation, data: bytes) -> Any:
        """What an operation answers, as the JSON frame has it: the items alone where it is a list."""
        if operation.result.record is None:
            return None
        found = self.value(operation.result.record, data)
        return found["items"] if operation.result.is_list else found

    def value(self, record: str, data: bytes) -> Json:
        """A serialized record or union as JSON; ValueError where it cannot be read."""
        message = self.new(record)
        message.ParseFromString(data)
        found = self._told(Named(record), message)
        if not isinstance(found, dict):
            raise ValueError(f"{record} has no arm")
        return found

    def _fill(self, record: Record, message: Any, value: Any) -> None:
        if not isinstance(value, dict):
            raise Inexpressible(f"{record.name} is a message")
        if unknown := set(value) - {one.member for one in record.fields}:
            raise Inexpressible(f"{record.name} has no {min(unknown)}")
        for one in record.fields:
            given = value.get(one.member)
            if given is not None:
                self._put(record, one, message, given)
            elif one.member in value and not (one.nullable or (one.has_default and one.default is None)):
                raise Inexpressible(f"{one.member} cannot be null")
            elif one.required and one.member not in value:  # It would be read as null, or as its type's zero.
                raise Inexpressible(f"{one.member} cannot be left out")

    def _put(self, record: Record, one: Field, message: Any, value: Any) -> None:
        target = getattr(message, one.name) if isinstance(one.type, ListOf | MapOf) else message
        if isinstance(one.type, ListOf):
            for item in _of(value, list):
                self._append(target, one.type.item, item)
        elif isinstance(one.type, MapOf):
            for key, item in _of(value, dict).items():
                self._put_entry(target, key, one.type.value, item)
        elif f"{record.name}.{one.name}" in self.contract.wrapped:
            wrapper = getattr(message, one.name)
            wrapper.SetInParent()
            self._set(_Place(wrapper, "value"), one.type, value)
        else:
            self._set(_Place(message, one.name), one.type, value)

    def _append(self, target: Any, kind: Type, item: Any) -> None:
        if self._is_message(kind):
            self._into(target.add(), kind, item)
            return
        try:
            target.append(self._scalar(kind, item))
        except (ValueError, TypeError) as error:
            raise Inexpressible(str(error)) from None

    def _put_entry(self, target: Any, key: str, kind: Type, item: Any) -> None:
        try:
            if self._is_message(kind):
                self._into(target[key], kind, item)
            else:
                target[key] = self._scalar(kind, item)
        except (ValueError, TypeError) as error:
            raise Inexpressible(str(error)) from None

    def _set(self, place: _Place, kind: Type, value: Any) -> None:
        if self._is_message(kind):
            inner: Any = getattr(place.message, place.field)
            inner.SetInParent()
            self._into(inner, kind, value)
            return
        try:
            setattr(place.message, place.field, self._scalar(kind, value))
        except (ValueError, TypeError) as error:
            raise Inexpressible(str(error)) from None

    def _is_message(self, kind: Type) -> bool:
        return isinstance(kind, DateTime | Duration) or isinstance(self._definition(kind), Record | Union)

    def _definition(self, kind: Type) -> Any:
        return self.contract.definitions[kind.name] if isinstance(kind, Named) else None

    def _into(self, message: Any, kind: Type, value: Any) -> None:
        definition = self._definition(kind)
        if isinstance(definition, Record):
            self._fill(definition, message, value)
        elif isinstance(definition, Union):
            tag = value.get(definition.tag_member) if isinstance(value, dict) else None
            arm = next((record for name, record in definition.arms if name == tag), None)
            if arm is None:
                raise Inexpressible(f"{definition.name} has no arm {tag!r}")
            inner = getattr(message, definition.arm_name(str(tag)))
            inner.SetInParent()
            self._fill(self.contract.record(arm), inner, value)
        else:
            total = _nanos_of_moment(_of(value, str)) if isinstance(kind, DateTime) else nanos_of_span(_of(value, str))
            sign = -1 if total < 0 and isinstance(kind, Duration) else 1
            seconds, nanos = divmod(total * sign, NANOS)
            message.seconds, message.nanos = seconds * sign, nanos * sign

    def _scalar(self, kind: Type, value: Any) -> Any:
        match kind:
            case Bool():
                return _of(value, bool)
            case Int():
                if isinstance(value, float) and value.is_integer():
                    return int(value)
                return _of(value, int)
            case Float():
                return float(_of(value, int | float))
            case Bytes():
                return _from_base64(_of(value, str))
        definition = self._definition(kind)
        if isinstance(definition, Enum):
            return self._number(definition, value)
        text: str = _of(value, str)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Inexpressible(str(error)) from None
        return text

    def _number(self, enum: Enum, value: Any) -> int:
        for (_, member), spelled in zip(enum.members, said_members(enum), strict=True):
            if member == value and not isinstance(value, bool):
                return int(self._members(enum)[spelled])
        raise Inexpressible(f"{enum.name} has no {value!r}")

    def _members(self, enum: Enum) -> Mapping[str, int]:
        binding = self.contract.bindings[enum.name]
        file = self._pool.FindFileByName(f"{binding.file}.proto")
        found = self._pool.FindEnumTypeByName(".".join(filter(None, (file.package, binding.path))))
        return {one.name: one.number for one in found.values}

    def _value(self, record: Record, message: Any) -> Json:
        out: Json = {}
        for one in record.fields:
            if isinstance(one.type, ListOf):
                out[one.member] = [self._told(one.type.item, item) for item in getattr(message, one.name)]
            elif isinstance(one.type, MapOf):
                out[one.member] = {
                    key: self._told(one.type.value, item) for key, item in getattr(message, one.name).items()
                }
            elif self._is_there(message, one):
                inner = getattr(message, one.name)
                is_wrapped = f"{record.name}.{one.name}" in self.contract.wrapped
                out[one.member] = self._told(one.type, inner.value if is_wrapped else inner)
            elif self._fills and (one.has_default or one.nullable):
                out[one.member] = one.default if one.has_default else None
        return out

    def _is_there(self, message: Any, one: Field) -> bool:
        """What has no presence in proto always is."""
        described = message.DESCRIPTOR.fields_by_name[one.name]
        return bool(message.HasField(one.name)) if described.has_presence else True

    def _told(self, kind: Type, value: Any) -> Any:
        definition = self._definition(kind)
        if isinstance(definition, Record):
            return self._value(definition, value)
        if isinstance(definition, Union):
            for tag, arm in definition.arms:
                name = definition.arm_name(tag)
                if value.HasField(name):
                    found = self._value(self.contract.record(arm), getattr(value, name))
                    return {**found, definition.tag_member: tag}
            return None
        if isinstance(definition, Enum):
            numbers = self._members(definition)
            pairs = zip(definition.members, said_members(definition), strict=True)
            return next((member for (_, member), spelled in pairs if numbers[spelled] == value), None)
        if isinstance(kind, DateTime):
            moment = EPOCH + timedelta(seconds=value.seconds, microseconds=value.nanos // 1000)
            return moment.isoformat().replace("+00:00", "Z")
        if isinstance(kind, Duration):
            return _span(value.seconds * NANOS + value.nanos)
        return base64.b64encode(value).decode() if isinstance(kind, Bytes) else value


_PLAIN = ("pkg_id", "req_id", "status_code", "topic", "offset", "epoch")


def _of(value: Any, kind: Any) -> Any:
    """A boolean is no number here."""
    if (isinstance(value, bool) and kind is not bool) or not isinstance(value, kind):
        raise Inexpressible(f"{value!r} is no {getattr(kind, '__name__', kind)}")
    return value


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Inexpressible(str(error)) from None


def _nanos_of_moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError as error:
        raise Inexpressible(str(error)) from None
    if moment.tzinfo is None:
        raise Inexpressible(f"{text} has no offset")
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * NANOS + since.microseconds * 1000


def nanos_of_span(text: str) -> int:
    """The length of a duration as JSON has it; Inexpressible for what is none."""
    found = SPAN.fullmatch(text)
    if found is None or not any(found.group(2, 3, 4, 5)):
        raise Inexpressible(f"{text} is no duration")
    days, hours, minutes, seconds = (int(part or 0) for part in found.group(2, 3, 4, 5))
    total = (days * 86_400 + hours * 3600 + minutes * 60 + seconds) * NANOS + int((found[6] or "").ljust(9, "0") or 0)
    return -total if found[1] else total


def _span(nanos: int) -> str:
    """In seconds alone, without zeros at the end: one text for each length."""
    seconds, rest = divmod(abs(nanos), NANOS)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{'-' if nanos < 0 else ''}PT{seconds}{fraction}S"

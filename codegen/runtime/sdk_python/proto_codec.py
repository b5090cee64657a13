"""Values into protobuf's messages and back, by the descriptors of the contract in a pool of their own.

The pool is private, so that two versions of a contract live in one process; it works with protobuf 5 to 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from pydantic import BaseModel

from .codec import BadFrame
from .json_codec import duration, moment
from .model import fields_of
from .operation import Protobuf

TIMESTAMP, DURATION = "google.protobuf.Timestamp", "google.protobuf.Duration"
WRAPPERS = frozenset(
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Messages:
    """Raises BadFrame for bytes that are no message, ValueError for a value that no message can hold."""

    def __init__(self, facts: Protobuf) -> None:
        self._facts = facts
        self._numbers = {
            name: {value: number for number, value in members.items()} for name, members in facts.enums.items()
        }
        self._pool = DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(facts.descriptors).file:
            self._pool.Add(file)
        self._classes: dict[str, type[Message]] = {}

    def new(self, name: str) -> Any:
        """An empty message; its attributes are the contract's."""
        if name not in self._classes:
            self._classes[name] = GetMessageClass(self._pool.FindMessageTypeByName(name))
        return self._classes[name]()

    def parse(self, name: str, data: bytes) -> Any:
        message = self.new(name)
        try:
            message.ParseFromString(data)
        except DecodeError as error:
            raise BadFrame(f"no {name}: {error}") from None
        return message

    def encode(self, name: str, values: Mapping[str, Any]) -> bytes:
        message = self.new(name)
        self._fill(message, values)
        return bytes(message.SerializeToString())

    def decode(self, name: str, data: bytes) -> dict[str, Any]:
        return self.values(self.parse(name, data))

    # Writing

    def _fill(self, message: Any, values: Mapping[str, Any]) -> None:
        members = self._facts.members.get(message.DESCRIPTOR.full_name, {})
        for field in message.DESCRIPTOR.fields:
            value = values.get(members.get(field.name, field.name))
            if value is not None:
                self._set(message, field, value)

    def _set(self, message: Any, field: FieldDescriptor, value: Any) -> None:
        name = field.name
        if _is_map(field):
            item = _map_value(field)
            for key, one in value.items():
                if item.message_type is None:
                    getattr(message, name)[key] = self._scalar(item, one)
                else:
                    self._put(getattr(message, name)[key], one)
        elif _is_repeated(field):
            for one in value:
                if field.message_type is None:
                    getattr(message, name).append(self._scalar(field, one))
                else:
                    self._put(getattr(message, name).add(), one)
        elif field.message_type is None:
            setattr(message, name, self._scalar(field, value))
        else:
            self._put(getattr(message, name), value)

    def _put(self, message: Any, value: Any) -> None:
        name = message.DESCRIPTOR.full_name
        message.SetInParent()
        if name == TIMESTAMP:
            moment(value)
            since = value.astimezone(UTC) - EPOCH
            message.seconds, message.nanos = since.days * 86400 + since.seconds, since.microseconds * 1000
        elif name == DURATION:
            duration(value)
            message.FromTimedelta(value)
        elif name in WRAPPERS:
            message.value = self._scalar(message.DESCRIPTOR.fields_by_name["value"], value)
        elif name in self._facts.unions:
            self._put(getattr(message, self._arm(name, value)), value)
        else:
            self._fill(message, _fields(value))

    def _arm(self, name: str, value: Any) -> str:
        tag_name, arms = self._facts.unions[name]
        tag = _fields(value).get(tag_name)
        for field, known in arms.items():
            if known == tag:
                return field
        raise ValueError(f"{tag_name} is {tag!r}, and this version of the contract knows {', '.join(arms.values())}")

    def _scalar(self, field: FieldDescriptor, value: Any) -> Any:
        plain = value.value if isinstance(value, Enum) else value
        if field.enum_type is not None:
            numbers = self._numbers.get(field.enum_type.full_name, {})
            if plain not in numbers:
                raise ValueError(f"{plain!r} is none of {', '.join(map(str, numbers))}")
            return numbers[plain]
        if isinstance(plain, Decimal):
            return f"{plain:f}"
        return str(plain) if isinstance(plain, UUID | date) else plain

    # Reading

    def values(self, message: Any) -> dict[str, Any]:
        """Plain values, as a model reads them: absent fields are left out, or null where that is what absence means."""
        descriptor: Descriptor = message.DESCRIPTOR
        if descriptor.full_name in self._facts.unions:
            return self._union(message, descriptor.full_name)
        nulls = self._facts.nulls.get(descriptor.full_name, frozenset())
        defaulted = self._facts.defaulted.get(descriptor.full_name, frozenset())
        members = self._facts.members.get(descriptor.full_name, {})
        found: dict[str, Any] = {}
        for field in descriptor.fields:
            value, member = getattr(message, field.name), members.get(field.name, field.name)
            if _is_repeated(field):
                if value or field.name not in defaulted:
                    found[member] = self._many(field, value)
            elif not field.has_presence or message.HasField(field.name):
                found[member] = self._one(field, value)
            elif field.name in nulls:
                found[member] = None
        return found

    def _union(self, message: Any, name: str) -> dict[str, Any]:
        tag_name, arms = self._facts.unions[name]
        for field, tag in arms.items():
            if message.HasField(field):
                return self.values(getattr(message, field)) | {tag_name: tag}
        return {tag_name: ""}

    def _many(self, field: FieldDescriptor, value: Any) -> Any:
        if _is_map(field):
            item = _map_value(field)
            return {key: self._one(item, value[key]) for key in value}
        return [self._one(field, one) for one in value]

    def _one(self, field: FieldDescriptor, value: Any) -> Any:
        if field.enum_type is not None:
            known = self._facts.enums.get(field.enum_type.full_name, {})
            return known.get(value, self._unknown(known, value))
        if field.message_type is None:
            return value
        name = field.message_type.full_name
        if name in (TIMESTAMP, DURATION):
            try:
                since = timedelta(seconds=value.seconds, microseconds=value.nanos // 1000)
                return since if name == DURATION else EPOCH + since
            except OverflowError:
                raise BadFrame(f"{field.full_name} is out of the calendar") from None
        return value.value if name in WRAPPERS else self.values(value)

    def _unknown(self, known: Mapping[int, str | int], number: int) -> str | int:
        """A member of a newer contract; protobuf has its number alone, which stands for its text."""
        return str(number) if any(isinstance(value, str) for value in known.values()) else number


def _fields(value: Any) -> Mapping[str, Any]:
    return fields_of(value) if isinstance(value, BaseModel) else value


def _is_repeated(field: FieldDescriptor) -> bool:
    """protobuf 5 has the label alone, and 7 has no label any more."""
    known: bool | None = getattr(field, "is_repeated", None)
    return bool(getattr(field, "label", 0) == 3) if known is None else known


def _is_map(field: FieldDescriptor) -> bool:
    message = field.message_type
    return _is_repeated(field) and message is not None and bool(message.GetOptions().map_entry)


def _map_value(field: FieldDescriptor) -> FieldDescriptor:
    assert field.message_type is not None
    return field.message_type.fields_by_name["value"]

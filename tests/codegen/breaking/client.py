"""What a generated client of a contract would do: it writes requests and reads answers, in JSON and in protobuf, and is tolerant.

Unknown fields are ignored; unknown members of an enum, and in JSON unknown arms of a union, are kept. What is required and not there,
or not of its type, breaks it. Protobuf is read by the descriptors that the contract holds, in a pool of their own.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, Message
from pydantic import TypeAdapter, ValidationError

from codegen.ir.names import snake
from codegen.ir.operations import Contract, Event, Http, Operation
from codegen.ir.proto_spelling import enum_members
from codegen.ir.types import (
    INT32,
    INT64,
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
    String,
    Text,
    Type,
    Union,
)

Json = dict[str, Any]
JSON, PROTOBUF = "application/json", "application/x-protobuf"
REQ_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
FORMS: dict[str, TypeAdapter[Any]] = {
    "date": TypeAdapter(date), "uuid": TypeAdapter(UUID), "decimal": TypeAdapter(Decimal),
}  # fmt: skip
MOMENT: TypeAdapter[Any] = TypeAdapter(datetime)
SPAN: TypeAdapter[Any] = TypeAdapter(timedelta)


class Broken(Exception):
    """The client cannot do what it was made for."""


@dataclass(frozen=True)
class Kept:
    """A member that the contract has not."""

    number: int


@dataclass
class Client:
    contract: Contract

    # JSON

    def read_json(self, kind: Type, value: object, at: str = "") -> object:
        """The value as the client has it: known fields only."""
        match kind:
            case Named():
                return self._read_named(kind.name, value, at)
            case ListOf() if isinstance(value, list):
                return [self.read_json(kind.item, item, f"{at}[]") for item in value]
            case MapOf() if isinstance(value, dict):
                return {key: self.read_json(kind.value, item, f"{at}.{key}") for key, item in value.items()}
        if not is_of(kind, value):
            raise Broken(f"{at}: {value!r} is not of its type")
        return value

    def _read_named(self, name: str, value: object, at: str) -> object:
        definition = self.contract.definitions[name]
        if isinstance(definition, Enum):
            if isinstance(value, bool) or not isinstance(value, str if definition.is_text else int):
                raise Broken(f"{at}: {value!r} is no member")
            return value
        if not isinstance(value, dict):
            raise Broken(f"{at}: {value!r} is no object")
        if isinstance(definition, Union):
            tag = value.get(definition.tag)
            if not isinstance(tag, str):
                raise Broken(f"{at}: there is no tag {definition.tag}")
            record = dict(definition.arms).get(tag)
            return value if record is None else self.read_record(self.contract.record(record), value, at)
        return self.read_record(definition, value, at)

    def read_record(self, record: Record, value: Json, at: str) -> Json:
        found: Json = {}
        for one in record.fields:
            where = f"{at}.{one.name}"
            if one.name not in value:
                if one.required:
                    raise Broken(f"{where} is required and absent")
            elif value[one.name] is None:
                if not one.nullable:
                    raise Broken(f"{where} is null")
                found[one.name] = None
            else:
                found[one.name] = self.read_json(one.type, value[one.name], where)
        return found

    # Protobuf

    @cached_property
    def _pool(self) -> descriptor_pool.DescriptorPool:
        pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(self.contract.proto).file:
            pool.Add(file)
        return pool

    @cached_property
    def _package(self) -> str:
        files = descriptor_pb2.FileDescriptorSet.FromString(self.contract.proto).file
        return next(file.package for file in files if not file.package.startswith("google."))

    def message(self, name: str) -> Message:
        binding = self.contract.bindings.get(name)
        path = f"{self._package}.{name if binding is None else binding.path}"
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(path))()

    def numbers(self, record: str) -> dict[int, str]:
        """Names of a message's fields by their numbers."""
        return {one.number: one.name for one in self.message(record).DESCRIPTOR.fields}

    def write(self, record: Record, value: Json, message: Any) -> Any:
        for one in record.fields:
            given = value.get(one.name)
            if given is None:
                continue
            if isinstance(one.type, ListOf):
                target = getattr(message, one.name)
                for item in given:
                    self._append(one.type.item, item, target)
            elif isinstance(one.type, MapOf):
                self._fill_map(one.type.value, given, getattr(message, one.name))
            elif self._is_message(one.type):
                self._put(one.type, given, getattr(message, one.name))
            else:
                setattr(message, one.name, self._scalar(one.type, given))
        return message

    def _is_message(self, kind: Type) -> bool:
        named = isinstance(kind, Named) and not isinstance(self.contract.definitions[kind.name], Enum)
        return named or isinstance(kind, DateTime | Duration)

    def _append(self, kind: Type, item: Any, target: Any) -> None:
        if self._is_message(kind):
            self._put(kind, item, target.add())
        else:
            target.append(self._scalar(kind, item))

    def _fill_map(self, kind: Type, given: Json, target: Any) -> None:
        for key, item in given.items():
            if self._is_message(kind):
                self._put(kind, item, target[key])
            else:
                target[key] = self._scalar(kind, item)

    def _put(self, kind: Type, value: Any, target: Any) -> None:
        target.SetInParent()
        if isinstance(kind, DateTime):
            target.FromDatetime(MOMENT.validate_python(value))
        elif isinstance(kind, Duration):
            target.FromTimedelta(SPAN.validate_python(value))
        elif isinstance(kind, Named):
            definition = self.contract.definitions[kind.name]
            if isinstance(definition, Union):
                tag = value[definition.tag]
                arm = getattr(target, snake(tag))
                arm.SetInParent()
                self.write(self.contract.record(dict(definition.arms)[tag]), value, arm)
            elif isinstance(definition, Record):
                self.write(definition, value, target)

    def _scalar(self, kind: Type, value: Any) -> Any:
        if isinstance(kind, Bytes):
            return base64.b64decode(value)
        return self._member(kind.name, value) if isinstance(kind, Named) else value

    def _members(self, name: str) -> list[tuple[str, str | int]]:
        """Pairs of proto's spelling and the value."""
        definition = self.contract.definitions[name]
        assert isinstance(definition, Enum)
        spelled = enum_members(definition)[-len(definition.members) :]
        return [(one, value) for one, (_, value) in zip(spelled, definition.members, strict=True)]

    def _enum(self, name: str) -> Any:
        return self._pool.FindEnumTypeByName(f"{self._package}.{self.contract.bindings[name].path}")

    def _member(self, name: str, value: object) -> int:
        spelled = next(one for one, given in self._members(name) if given == value)
        return int(self._enum(name).values_by_name[spelled].number)

    def read(self, record: Record, message: Any, at: str = "") -> Json:
        found: Json = {}
        for one in record.fields:
            where = f"{at}.{one.name}"
            source = getattr(message, one.name)
            if isinstance(one.type, ListOf):
                found[one.name] = [self._read(one.type.item, item, where) for item in source]
            elif isinstance(one.type, MapOf):
                found[one.name] = {key: self._read(one.type.value, source[key], where) for key in source}
            elif self._has_presence(one) and not message.HasField(one.name):
                if one.required and not one.nullable:
                    raise Broken(f"{where} is required and absent")
            else:
                found[one.name] = self._read(one.type, source, where)
        return found

    def _has_presence(self, one: Field) -> bool:
        return not one.required or one.nullable or self._is_message(one.type)

    def _read(self, kind: Type, source: Any, at: str) -> object:
        match kind:
            case DateTime():
                return source.ToDatetime().isoformat() + "Z"
            case Duration():
                return f"PT{source.ToTimedelta().total_seconds()}S"
            case Bytes():
                return base64.b64encode(source).decode()
            case Named():
                return self._read_named_message(kind.name, source, at)
        if not is_of(kind, source):
            raise Broken(f"{at}: {source!r} is not of its type")
        return source

    def _read_named_message(self, name: str, source: Any, at: str) -> object:
        definition = self.contract.definitions[name]
        if isinstance(definition, Record):
            return self.read(definition, source, at)
        if isinstance(definition, Union):
            for tag, record in definition.arms:
                if source.HasField(snake(tag)):
                    arm = self.contract.record(record)
                    return self.read(arm, getattr(source, snake(tag)), at) | {definition.tag: tag}
            raise Broken(f"{at}: no arm is known")
        if definition.needs_unset and source == 0:
            raise Broken(f"{at}: no member")
        numbers = {self._member(name, value): value for _, value in self._members(name)}
        return numbers.get(source, Kept(source))

    # Requests

    def http_request(self, operation: Operation, value: Json, media: str) -> Json:
        assert operation.http is not None
        http = operation.http
        path, query, headers, inside = address(http, value)
        headers += [("accept", media), ("authorization", "Bearer a.b.c")]
        body = b""
        if http.body is not None:
            headers.append(("content-type", media))
            body = json.dumps(inside).encode() if media == JSON else self._request_bytes(operation, value)
        return {"verb": http.method, "path": path, "query": query, "headers": headers, "body": body.hex()}

    def _request_bytes(self, operation: Operation, value: Json) -> bytes:
        message = self.message(operation.request.name)
        return bytes(self.write(operation.request, value, message).SerializeToString())

    def frame(self, operation: Operation, value: Json, media: str) -> Json:
        number = operation.pkg_id
        if media == JSON:
            return {"text": json.dumps({"pkg_id": number, "req_id": REQ_ID, "data": value}), "bytes": None}
        request: Any = self.message("Request")
        request.pkg_id, request.req_id, request.data = number, REQ_ID, self._request_bytes(operation, value)
        return {"text": None, "bytes": request.SerializeToString().hex()}

    # Answers

    def http_answer(self, operation: Operation, found: Json, media: str) -> object:
        """Any success will do."""
        body = bytes.fromhex(found["body"])
        if found["status"] // 100 != 2:
            raise Broken(f"{operation.name} is answered {found['status']}: {body[:300]!r}")
        record = operation.result.record
        if record is None:
            return None
        if found["media"] != media:
            raise Broken(f"{operation.name} is answered in {found['media'] or 'nothing'}")
        if media == JSON:
            return self.read_json(Named(record), json.loads(body), record)
        return self._result(record, body)

    def _result(self, record: str, data: bytes, meta: Any = None) -> object:
        message: Any = self.message(record)
        try:
            message.ParseFromString(data)
        except DecodeError as error:
            raise Broken(str(error)) from None
        if meta is not None:
            message.meta.CopyFrom(meta)
        return self._read_named_message(record, message, record)

    def reply(self, operation: Operation, found: Json, media: str) -> object:
        result = operation.result
        if media == PROTOBUF:
            response: Any = self.message("Response")
            response.ParseFromString(bytes.fromhex(found["bytes"]))
            if response.status_code != 0:
                raise Broken(f"{operation.name} is answered {response.status_code}: {response.data!r}")
            meta = response.meta if response.HasField("meta") else None
            return None if result.record is None else self._result(result.record, response.data, meta)
        answer = json.loads(found["text"])
        if answer["status_code"] != 0:
            raise Broken(f"{operation.name} is answered {answer}")
        if result.record is None:
            return None
        whole = {"items": answer["data"]} if result.is_list else answer["data"]
        if result.has_meta:
            whole["meta"] = answer.get("meta")
        return self.read_json(Named(result.record), whole, result.record)

    def pushed(self, frames: Json, media: str) -> tuple[Event, object] | None:
        """The event and its value, or None for one that the contract has not, or has on another topic."""
        if media == JSON:
            frame = json.loads(frames["text"])
            number, topic, data = frame["pkg_id"], frame["topic"], frame["data"]
        else:
            response: Any = self.message("Response")
            response.ParseFromString(bytes.fromhex(frames["bytes"]))
            number, topic, data = response.pkg_id, response.topic, response.data
        event = next((one for one in self.contract.events if one.pkg_id == number and topic in one.topics), None)
        if event is None:
            return None
        if media == JSON:
            return event, self.read_json(Named(event.record), data, event.record)
        return event, self._result(event.record, data)


def is_of(kind: Type, value: object) -> bool:
    """Whether a plain value is of its type; a bound is the server's affair, a width is the type's."""
    match kind:
        case Bool():
            return isinstance(value, bool)
        case Int():
            low, high = INT32 if kind.bits == 32 else INT64
            return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        case Float():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case String():
            return isinstance(value, str) and kind.const in (None, value)
    if not isinstance(value, str):
        return False
    try:
        canonical(kind, value)
    except (ValidationError, ValueError):
        return False
    return True


def canonical(kind: Type, value: Any) -> object:
    """What two spellings of a value have in common."""
    match kind:
        case Text():
            return FORMS[kind.form].validate_python(value)
        case DateTime():
            return MOMENT.validate_python(value)
        case Duration():
            return SPAN.validate_python(value)
        case Bytes():
            return base64.b64decode(value, validate=True)
    return value


def address(http: Http, value: Json) -> tuple[str, str, list[tuple[str, str]], Json]:
    """Path, query, headers, and what is left for the body."""
    path, query, headers, rest = http.path, list[tuple[str, str]](), list[tuple[str, str]](), dict(value)
    for one in http.parameters:
        given = rest.pop(one.field, None)
        texts = [_text(item) for item in (given if isinstance(given, list) else [given]) if item is not None]
        if one.location == "path":
            path = path.replace(f"{{{one.carrier}}}", quote(texts[0], safe=""))
        elif one.location == "query":
            query += [(one.carrier, text) for text in texts]
        elif texts:
            headers.append((one.carrier.lower(), ", ".join(texts)))
    return path, urlencode(query), headers, rest


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)

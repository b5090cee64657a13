"""What a contract says of traffic: which operation a request is of, the schemas of what is sent and answered, and how protobuf is read.

Made of the documents that a service serves, or others that are named; the folder of the contract adds protobuf. An operation has the same
name in all of them. Works on any OpenAPI 3 and AsyncAPI 3.0 document; what is not declared is None or empty, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from codegen.ir.operations import Operation as Described
from proof.documents import JSON, DocumentError, Json, judge, read, resolved
from proof.http.openapi import METHODS
from proof.parameters import order, pattern
from proof.protobuf import Protobuf, compiled
from proof.traffic.schema import Schema
from proof.ws.contract import Socket, read_socket

SEGMENT = "[^/]*"
"""As services are asked; an empty one is for them to refuse."""
REFUSAL = "problem"
"""The message of every refused frame."""
CONTROL: Json = {"type": "object", "properties": {"type": {"type": "string", "enum": []}, "topics": {}, "req_id": {}}}
"""What a control frame from a client has, but for its token."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Of HTTP. `told` is its part of the document."""

    name: str
    method: str
    path: str
    told: Json
    parameters: Mapping[tuple[str, str], Schema]
    """By `path`, `query` or `header`, and name; headers in lower case."""
    body: Schema

    @property
    def is_safe(self) -> bool:
        return self.method in ("GET", "HEAD")


class Contract:
    """`openapi` and `asyncapi` are whole documents, or None where there is no such door."""

    def __init__(self, openapi: Json | None, asyncapi: Json | None = None, protobuf: Protobuf | None = None) -> None:
        self.openapi = openapi
        self.socket: Socket | None = read_socket(asyncapi) if asyncapi else None
        self.protobuf = protobuf
        self.sent = Protobuf(protobuf.contract, fills=False) if protobuf else None
        """Reads what can be sent again: what is absent stays so."""
        self.operations = {one.name: one for one in _operations(openapi or {})}
        self._routes = [
            (*pattern(one.path, SEGMENT), one)
            for one in sorted(self.operations.values(), key=lambda one: order(one.path))
        ]
        self._described = {one.name: one for one in protobuf.contract.operations} if protobuf else {}
        self._judges: dict[str, jsonschema_rs.Validator] = {}

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation of a request, with the texts of its path as they were sent; HEAD is as GET."""
        wanted = "GET" if method == "HEAD" else method
        for route, names, one in self._routes:
            found = route.fullmatch(path) if one.method == wanted else None
            if found:
                return one, dict(zip(names, found.groups(), strict=True))
        return None

    def answered(self, operation: Operation, status: int, media: str) -> Schema | None:
        """Of an answer's body; None for what is not declared. A message of protobuf has the schema of its JSON twin."""
        declared = self.response(operation, status)
        if declared is None:
            return None
        content = declared.get("content", {})
        if not media:
            return Schema({}) if not content else None
        found = content.get(JSON if self.is_protobuf(media) else media)
        return Schema.of(self.openapi or {}, found.get("schema")) if isinstance(found, dict) else None

    def response(self, operation: Operation, status: int) -> Json | None:
        told = operation.told.get("responses", {})
        found = resolved(self.openapi or {}, told.get(str(status), told.get(f"{status // 100}XX", told.get("default"))))
        return found if isinstance(found, dict) else None

    def is_protobuf(self, media: str) -> bool:
        return self.protobuf is not None and media.endswith("protobuf")

    def described(self, name: str) -> Described | None:
        """As the contract's folder has it."""
        return self._described.get(name)

    @property
    def sessions(self) -> frozenset[str]:
        """Operations that hand out or take in credentials."""
        return frozenset(name for name, one in self._described.items() if one.session)

    def records(self, name: str) -> tuple[str, ...]:
        """The shared schemas that an operation answers: of the items, where it answers a list."""
        operation = self.operations.get(name)
        found: Schema | None = None
        if operation:
            statuses = sorted(
                one for one in operation.told.get("responses", {}) if one.startswith("2") and one.isdigit()
            )
            found = self.answered(operation, int(statuses[0]), JSON) if statuses else None
        elif self.socket:
            asked = next((one for one in self.socket.operations if one.name == name), None)
            frame = next((one for key, one in asked.replies.items() if key != REFUSAL), {}) if asked else {}
            found = Schema.of(self.socket.document, frame).member("data")
        if found is None:
            return ()
        items = found.member("items").item().names or found.item().names
        return items or found.names

    def frame(self, frame: Json, *, is_sent: bool) -> Schema | None:
        """Of a whole frame, from the client or to it; None for one that the contract does not know."""
        if self.socket is None:
            return None
        found = self._sent(self.socket, frame) if is_sent else self._came(self.socket, frame)
        return Schema.of(self.socket.document, found) if found is not None else None

    def _sent(self, socket: Socket, frame: Json) -> Json | None:
        if not socket.speaks_stele:
            return next(
                (one.frame for one in socket.operations if self._is_one(socket, one.name, one.frame, frame)), None
            )
        if "type" in frame:
            return CONTROL if frame["type"] in socket.controls.asked else None
        return next((one.frame for one in socket.operations if one.pkg_id == frame.get("pkg_id")), None)

    def _came(self, socket: Socket, frame: Json) -> Json | None:
        if not socket.speaks_stele:
            named = socket.answers.items()
            return next((one for name, one in named if self._is_one(socket, name, one, frame)), None)
        number, status = frame.get("pkg_id"), frame.get("status_code")
        if "type" in frame:
            told = socket.controls.told.values()
            return next((one for one in told if one["properties"]["type"].get("const") == frame["type"]), None)
        if status is None:
            return next((one.frame for one in socket.events if one.pkg_id == number), None)
        if status != 0:
            return socket.answers.get(REFUSAL)
        operation = next((one for one in socket.operations if one.pkg_id == number), None)
        return next((one for name, one in operation.replies.items() if name != REFUSAL), None) if operation else None

    def _is_one(self, socket: Socket, name: str, schema: Json, frame: Json) -> bool:
        return not self.misfit(f"frame {name}", Schema.of(socket.document, schema), frame)

    def misfit(self, key: str, schema: Schema, value: Any) -> str:
        """Where a value does not fit, in a sentence; nothing where it does. `key` names the schema."""
        if not schema.parts:
            return ""
        validator = self._judges.get(key)
        if validator is None:
            validator = self._judges[key] = judge(schema.document, schema.parts[0])
        fault = next(validator.iter_errors(value), None)
        return f"/{'/'.join(map(str, fault.instance_path))}: {fault.message}" if fault else ""


def _operations(document: Json) -> Iterator[Operation]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield _operation(document, path, method, item)


def _operation(document: Json, path: str, method: str, item: Json) -> Operation:
    told = item[method]
    listed = [resolved(document, one) for one in [*item.get("parameters", ()), *told.get("parameters", ())]]
    parameters: dict[tuple[str, str], Schema] = {}
    for one in listed:
        name = one["name"].lower() if one["in"] == "header" else one["name"]
        schema = parameters[one["in"], name] = Schema.of(document, one.get("schema"))
        if one["in"] == "query":  # Members of an object are parameters of their own, unless a style says otherwise.
            members = {key for part in schema.parts for key in part.get("properties", {})}
            parameters |= {("query", key): schema.member(key) for key in members}
    body = resolved(document, told.get("requestBody", {})) or {}
    schema = Schema.of(document, body.get("content", {}).get(JSON, {}).get("schema"))
    name = told.get("operationId", f"{method.upper()} {path}")
    return Operation(name, method.upper(), path, told, parameters, schema)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the documents are: paths or URLs, by default what the service at `url` serves."""

    url: str
    openapi: str = ""
    asyncapi: str = ""
    specs: Path | None = None

    def load(self) -> Contract:
        """DocumentError where neither door has a document, or what is named cannot be read."""
        openapi = _document(self.openapi, f"{self.url}/openapi.json")
        asyncapi = _document(self.asyncapi, f"{self.url}/asyncapi.json")
        if openapi is None and asyncapi is None:
            raise DocumentError(f"{self.url}: serves no /openapi.json and no /asyncapi.json; name them")
        contract = compiled(self.specs) if self.specs else None
        return Contract(openapi, asyncapi, Protobuf(contract) if contract and contract.proto else None)


def _document(named: str, served: str) -> Json | None:
    if named:
        return read(named)
    try:
        return read(served)
    except DocumentError as error:
        if "found status" in str(error):
            return None
        raise


def write_only(specs: Path) -> frozenset[str]:
    """Members that only come in, by name: derived documents have two schemas instead of the word."""
    found: set[str] = set()
    for file in sorted(specs.rglob("*.yaml")):
        try:
            found |= set(_write_only(yaml.safe_load(file.read_text(encoding="utf-8"))))
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise DocumentError(f"{file}: {error}") from None
    return frozenset(found)


def _write_only(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _write_only(one)
    elif isinstance(node, dict):
        members = node.get("properties")
        if isinstance(members, dict):
            yield from (name for name, one in members.items() if isinstance(one, dict) and one.get("writeOnly"))
        for one in node.values():
            yield from _write_only(one)

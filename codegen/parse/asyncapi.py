"""AsyncAPI documents to socket operations and events, still in the dialect's own terms.

The envelope stands in the headers of a message trait, `data` in the payload (specs/README.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from codegen.diagnostics import Findings, Place, is_misspelt, meant
from codegen.ir.names import is_identifier
from codegen.ir.notes import Notes
from codegen.ir.operations import Frames, Info, Result, Roles
from codegen.ir.types import Field
from codegen.parse.annotations import DOCS, read_notes
from codegen.parse.documents import Documents, shared_name
from codegen.parse.http_responses import read_result, stream_of
from codegen.parse.json_schema import Schemas
from codegen.parse.openapi import ROOT as HTTP_ROOT
from codegen.parse.openapi import normal_roles, read_info, read_operation_notes
from codegen.parse.policy import POLICY
from codegen.parse.yaml_tree import Mapping, Node, Sequence, plain, text_of

ROOT = "specs/asyncapi.yaml"
OPERATION_KEYS = {"action", "channel", "messages", "reply", "security", "summary", "description", "tags", DOCS}
ENCODINGS = (("stele.v1.json", "application/json"), ("stele.v1.protobuf", "application/x-protobuf"))
"""The protocol's own, which every product has."""
REPLIES = {"Reply": False, "PageReply": True, "StreamReply": False}
"""The envelopes of replies; whether each has a meta."""
STREAM = "StreamReply"


@dataclass(slots=True)
class SocketOperation:
    name: str
    feature: str
    action: str
    place: Place
    node: Mapping
    summary: str = ""
    description: str = ""
    pkg_id: int | None = None
    roles: Roles = None
    security: Place | None = None
    has_roles: bool = False
    """Whether security is written and all of it is read."""
    words: dict[str, tuple[object, Place]] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    records: list[Node] = field(default_factory=list)
    """The schemas whose fields are the request's."""
    payload: Place | None = None
    record: str | None = None
    """The event's record."""
    result: Result = field(default_factory=lambda: Result(None))
    notes: Notes = field(default_factory=Notes)
    payload_notes: Notes = field(default_factory=Notes)


@dataclass(slots=True)
class AsyncApiDialect:
    info: Info = field(default_factory=lambda: Info("", "", {}, None, ()))
    info_place: Place = field(default_factory=lambda: Place(ROOT, 1, 1))
    operations: dict[str, SocketOperation] = field(default_factory=dict)
    events: dict[str, SocketOperation] = field(default_factory=dict)
    is_there: bool = True
    """Whether the contract has a socket at all."""
    frames: Frames = field(default_factory=lambda: Frames("/web", "any", ENCODINGS, {}))


def parse_asyncapi(documents: Documents, schemas: Schemas, findings: Findings) -> AsyncApiDialect:
    if not documents.has(ROOT) and documents.has(HTTP_ROOT):
        return AsyncApiDialect(is_there=False)
    dialect = AsyncApiDialect()
    root = documents.tree(ROOT)
    if not isinstance(root, Mapping):
        return dialect
    if not re.fullmatch(r"3\.0(\.\d+)?", text_of(root.get("asyncapi")) or ""):
        findings.add("A001", root.place, "this is not AsyncAPI 3.0", fix="write asyncapi: 3.0.0")
    dialect.info, dialect.info_place = read_info(root, findings), root.keys.get("info", root.place)
    channels = root.get("channels")
    channel = documents.resolve(channels.get("web")) if isinstance(channels, Mapping) else None
    if not isinstance(channel, Mapping):
        findings.add("A002", root.place, "there is no channel `web`", fix="add channels.web with its messages")
        return dialect
    dialect.frames = _frames(channel, documents)
    operations = root.get("operations")
    for name, node in operations if isinstance(operations, Mapping) else ():
        target = documents.resolve(node)
        if isinstance(target, Mapping):
            _OperationReader(name, target, channel, dialect, documents, schemas, findings).read()
    return dialect


def _frames(channel: Mapping, documents: Documents) -> Frames:
    encodings = plain(channel.entries["x-encodings"]) if "x-encodings" in channel.entries else {}
    pairs = tuple((str(name), str(media)) for name, media in encodings.items()) if isinstance(encodings, dict) else ()
    order = text_of(channel.get("x-reply-order")) or "any"
    frame = documents.tree("specs/schemas/frame.yaml")
    names = list(frame.entries) if isinstance(frame, Mapping) else []
    records = {name: _inlined(frame.entries[name], documents) for name in names} if isinstance(frame, Mapping) else {}
    return Frames(text_of(channel.get("address")) or "/web", order, pairs or ENCODINGS, records)


def _inlined(node: Node, documents: Documents, inside: tuple[Place, ...] = ()) -> object:
    """A frame schema as plain data; a `$ref` to a record outside of frame.yaml stays a name, one to what is around it nothing."""
    target = documents.resolve(node)
    if target is None or target.place in inside:
        return {}
    if target is not node and not target.place.file.endswith("/frame.yaml"):
        return {"$ref": shared_name(target)}
    within = (*inside, target.place)
    if isinstance(target, Mapping):
        return {key: _inlined(child, documents, within) for key, child in target}
    if isinstance(target, Sequence):
        return [_inlined(child, documents, within) for child in target.items]
    return target.value


class _OperationReader:
    """Reads one operation with its messages and its reply."""

    def __init__(
        self,
        name: str,
        node: Mapping,
        channel: Mapping,
        dialect: AsyncApiDialect,
        documents: Documents,
        schemas: Schemas,
        findings: Findings,
    ) -> None:
        self._name = name
        self._node = node
        self._channel = channel
        self._dialect = dialect
        self._documents = documents
        self._schemas = schemas
        self._findings = findings

    def read(self) -> None:
        action = text_of(self._node.get("action")) or ""
        if not is_identifier(self._name) or action not in ("receive", "send"):
            self._findings.add(
                "A003",
                self._node.place,
                f"the operation {self._name!r} has the action {action!r}",
                fix="write a snake_case key, and receive or send",
            )
            return
        place, feature = self._node.place, PurePosixPath(self._node.place.file).stem
        operation = SocketOperation(self._name, feature, action, place, self._node)
        operation.summary = text_of(self._node.get("summary")) or ""
        operation.description = text_of(self._node.get("description")) or ""
        operation.notes = read_operation_notes(self._node, self._findings)
        for key in self._node.entries:
            is_read = key in OPERATION_KEYS and (key != "reply" or action == "receive")
            if not is_read and not key.startswith("x-"):
                message = f"{key!r} is not read in an operation" + (" that is sent" if key == "reply" else "")
                self._findings.add("A004", self._node.keys[key], message, fix=meant(key, OPERATION_KEYS, "remove it"))
        operation.words = {
            key: (plain(value), self._node.keys[key]) for key, value in self._node if key.startswith("x-")
        }
        number = operation.words.pop("x-pkg-id", (None, None))[0]
        operation.pkg_id = number if isinstance(number, int) else None
        if operation.pkg_id is None:
            self._findings.add(
                "A005",
                operation.place,
                f"{self._name} has no x-pkg-id",
                fix="add the next free number of specs/contract.lock",
            )
        self._security(operation)
        self._messages(operation)
        known = self._dialect.operations if action == "receive" else self._dialect.events
        known[self._name] = operation

    def _security(self, operation: SocketOperation) -> None:
        security = self._node.get("security")
        if security is None and is_misspelt("security", self._node.entries, OPERATION_KEYS):
            return
        if not isinstance(security, Sequence):
            self._findings.add(
                "A006",
                operation.place,
                f"{self._name} says nothing about security",
                fix="write `security:` with roles of policy.yaml, or `security: []` for public",
            )
            return
        operation.security = self._node.keys["security"]
        groups = [group for group in map(self._role, security.items) if group is not None]
        operation.roles = normal_roles(groups) if security.items else None
        operation.has_roles = len(groups) == len(security.items)

    def _role(self, item: Node) -> frozenset[str] | None:
        target = self._documents.resolve(item)
        if not isinstance(target, Mapping):
            return None
        if target.place.file == POLICY and target.pointer.startswith("/roles/"):
            return frozenset({target.pointer.removeprefix("/roles/")})
        roles = plain(target.entries["x-roles"]) if "x-roles" in target.entries else None
        stated = {key: text_of(value) for key, value in target if key not in ("x-roles", "description", "bearerFormat")}
        if not isinstance(roles, list) or stated != {"type": "http", "scheme": "bearer"}:
            self._findings.add(
                "A007",
                item.place,
                f"security of {self._name} is not a role",
                fix="$ref a role of ../policy.yaml#/roles/, or write x-roles",
            )
            return None
        return frozenset(str(role) for role in roles)

    def _messages(self, operation: SocketOperation) -> None:
        found = self._message_list(self._node, "the operation")
        if len(found) == 1:
            headers, payload = found[0]
            wanted = "Request" if operation.action == "receive" else "Push"
            if headers != wanted:
                self._findings.add(
                    "A008",
                    operation.place,
                    f"the message of {self._name} has the envelope {headers!r}",
                    fix=f"use the trait whose headers are {wanted}",
                )
            if operation.action == "send":
                operation.record = self._schemas.define(payload, f"the event {self._name}")
            elif not self._is_null(payload):
                operation.payload = payload.place
                operation.records.append(payload)
                target = self._documents.resolve(payload)
                if isinstance(target, Mapping):
                    said = read_notes(target, self._findings)
                    operation.payload_notes = self._schemas.asked_notes(payload, said)
                fields = self._schemas.request_fields_of(payload, f"the request of {self._name}") or ()
                operation.fields = {one.name: one for one in fields}
        if operation.action == "receive":
            self._reply(operation)

    def _message_list(self, holder: Mapping, what: str) -> list[tuple[str | None, Node]]:
        listed = holder.get("messages")
        items = listed.items if isinstance(listed, Sequence) else []
        if len(items) != 1:
            self._findings.add(
                "A009",
                holder.place,
                f"{what} {self._name} has {len(items)} messages",
                fix="write exactly one",
            )
            return []
        found = [self._message(item) for item in items if self._in_channel(item)]
        return [one for one in found if one is not None]

    def _in_channel(self, item: Node) -> bool:
        """A message must come from the channel; parsers do not look (CONTRACT A2)."""
        reference = item.get("$ref") if isinstance(item, Mapping) else None
        prefix = "asyncapi.yaml#/channels/web/messages/"
        file, _, pointer = (text_of(reference) or "").partition("#")
        named = self._documents.beside(item.place.file, file) if file else item.place.file
        if reference is not None and f"{named}#{pointer}".startswith(f"specs/{prefix}"):
            return self._documents.target(reference) is not None
        message, fix = f"a message of {self._name} is not one of the channel's", f"$ref ../{prefix}<name>"
        self._findings.add("A010", item.place, message, fix=fix)
        return False

    def _message(self, item: Node) -> tuple[str | None, Node] | None:
        """The envelope's name and the payload; None after a finding."""
        message = self._documents.resolve(item)
        if not isinstance(message, Mapping):
            return None
        payload = message.get("payload")
        if payload is None:
            self._findings.add(
                "A011",
                item.place,
                f"a message of {self._name} has no payload",
                fix="add payload; {type: 'null'} for none",
            )
            return None
        traits = message.get("traits")
        first = self._documents.resolve(traits.items[0]) if isinstance(traits, Sequence) and traits.items else None
        headers = first.get("headers") if isinstance(first, Mapping) else message.get("headers")
        target = self._documents.resolve(headers) if headers else None
        return (shared_name(target) if target else None), payload

    def _is_null(self, payload: Node) -> bool:
        return (
            isinstance(payload, Mapping)
            and payload.entries.keys() == {"type"}
            and text_of(payload.get("type")) == "null"
        )

    def _reply(self, operation: SocketOperation) -> None:
        reply = self._documents.resolve(self._node.get("reply"))
        if not isinstance(reply, Mapping):
            self._findings.add(
                "A012",
                operation.place,
                f"{self._name} has no reply",
                fix="add reply with its channel and message",
            )
            return
        for envelope, payload in self._message_list(reply, "the reply of"):
            if envelope not in REPLIES:
                self._findings.add(
                    "A008",
                    payload.place,
                    f"the reply of {self._name} has the envelope {envelope!r}",
                    fix=f"use the trait of {', '.join(REPLIES)}",
                )
            elif envelope == STREAM:
                operation.result = self._stream(payload)
            elif not self._is_null(payload):
                operation.result = self._result(payload, REPLIES[envelope])

    def _stream(self, payload: Node) -> Result:
        if self._is_null(payload):
            fix = "write the schema of an item; that it has ended is said by a frame of its own"
            self._findings.add("A016", payload.place, f"{self._name} streams nothing", fix=fix)
            return Result(None)
        return stream_of(read_result(payload, self._schemas, f"an item of {self._name}"))

    def _result(self, payload: Node, has_meta: bool) -> Result:
        """`…#/ThingPage/properties/items` says that the record is ThingPage and its items are the data."""
        what = f"the reply of {self._name}"
        target = (
            self._documents.resolve(payload)
            if not isinstance(payload, Mapping) or "$ref" not in payload.entries
            else None
        )
        pointed = (
            self._documents.target(payload.entries["$ref"])
            if isinstance(payload, Mapping) and "$ref" in payload.entries
            else target
        )
        if pointed is None:
            return Result(None)
        owner, _, rest = pointed.pointer[1:].partition("/")
        if rest != "properties/items":
            found = read_result(payload, self._schemas, what)
            if found.is_list:
                self._findings.add(
                    "A013",
                    payload.place,
                    f"{what} is the list {found.record}",
                    fix=f"point to {found.record}/properties/items; `meta` stands beside it",
                )
            return found
        root = self._documents.tree(pointed.place.file)
        record = root.get(owner) if isinstance(root, Mapping) else None
        found = read_result(record, self._schemas, what) if record else Result(None)
        if found.has_meta != has_meta:
            self._findings.add(
                "A014",
                payload.place,
                f"{what} has {'no ' if found.has_meta else ''}meta in its envelope",
                fix="use page_reply for {items, meta}, reply for {items}",
            )
        return found

"""Operations of an AsyncAPI document (in the form of 3.0) to packages of the socket: what it receives is asked, what it sends are events.

Every message of an operation becomes one of its own, for a PkgID has one payload; the parameters of an address become fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Place
from codegen.importer.asyncapi2 import ACTIONS
from codegen.importer.draft import Data, Draft, Given, Package, Ref
from codegen.importer.losses import DOCUMENT, KEYWORD, MEMBER, SOCKET, Losses
from codegen.importer.names import Taken, identifier, words
from codegen.importer.nodes import items, made, mapping, reference, text
from codegen.importer.security import Security
from codegen.importer.sources import Library
from codegen.importer.types import Types, codes
from codegen.ir.names import pascal
from codegen.parse.yaml_tree import Mapping, Node, plain

PARAMETER = re.compile(r"\{([^{}]*)\}")
JSON_SCHEMAS = re.compile(r"application/(vnd\.(aai\.asyncapi|oai\.openapi)|schema)(;|\+|\Z)")
MAX_SEGMENTS = 8
MAX_TEXT = 200
"""Of the texts in the name of a topic, together."""
UNCARRIED = ("headers", "correlationId", "bindings", "traits")
READ_OF_MESSAGES = {
    "name",
    "title",
    "summary",
    "description",
    "payload",
    "contentType",
    "schemaFormat",
    "messageId",
    "examples",
    *UNCARRIED,
}
READ = {"action", "channel", "messages", "reply", "security", "summary", "description", "operationId", "tags", "title"}


@dataclass(slots=True)
class Sent:
    """One message of one operation."""

    key: str
    node: Mapping
    channel: Mapping
    message: Node
    message_name: str
    is_only: bool
    name: str = ""
    feature: str = ""

    @property
    def address(self) -> str:
        return text(self.channel, "address")

    @property
    def is_event(self) -> bool:
        return text(self.node, "action") == "send"

    @property
    def label(self) -> str:
        return f"{text(self.node, 'action')} {self.key}" + ("" if self.is_only else f" {self.message_name}")

    @property
    def place(self) -> Place:
        return self.node.place


def messages_of(root: Mapping, library: Library) -> Iterator[Sent]:
    """Every message of every operation, in the order of the document."""
    for key, node in mapping(root, "operations") or ():
        operation = library.resolve(node)
        channel = library.resolve(operation.get("channel")) if isinstance(operation, Mapping) else None
        if not isinstance(operation, Mapping) or not isinstance(channel, Mapping):
            continue
        if text(operation, "action") not in ACTIONS.values():
            continue
        listed = items(operation, "messages") or [one for _, one in mapping(channel, "messages") or ()]
        for one in listed or [made(operation, {})]:
            yield Sent(key, operation, channel, one, _called(one, library), len(listed) < 2)


def _called(node: Node, library: Library) -> str:
    """What a message is called: by itself, else by the last reference to it."""
    target = library.resolve(node)
    said = text(target, "name") or text(target, "messageId")
    while not said and (written := reference(node)):
        step = written.rpartition("/")[2]
        node = library.target(node.place.file, written) or made(node, {})
        said = step if reference(node) is None else ""
    return said or text(target, "title")


def _plain_kind(schema: Data) -> Data:
    return {key: one for key, one in schema.items() if key not in ("description", "examples", "deprecated")}


@dataclass(slots=True)
class Socket:
    """Reads one document."""

    types: Types
    draft: Draft
    losses: Losses
    security: Security

    def name(self, found: list[Sent], names: Taken, features: Taken, given: dict[str, str]) -> None:
        for one in found:
            tag = items(one.node, "tags")[:1]
            literal = next(
                (words(part) for part in re.split(r"[/.:]", one.address) if words(part) and "{" not in part), ""
            )
            stem = identifier(
                (text(self.types.shapes.library.resolve(tag[0]), "name") if tag else "") or literal or "messages"
            )
            one.feature = given.get(stem) or given.setdefault(stem, features.give(stem, "api"))
            one.name = names.give(self._wanted(one), "event" if one.is_event else "message")

    def _wanted(self, one: Sent) -> str:
        """An event is called as its message; what comes in as its operation, and as its message beside others."""
        message = words(one.message_name)
        if one.is_event and message:
            return identifier(message)
        own = text(one.node, "operationId") or ("" if " " in one.key else one.key)
        if own and (one.is_only or not message):
            return identifier(own)
        return identifier(f"{words(own)}_{message}" if own else f"send_{message or words(one.address) or 'message'}")

    def read(self, found: list[Sent]) -> None:
        if found:
            said = "operations are frames on one socket, told apart by their PkgID; addresses, servers and bindings are left out"
            self.losses.add(SOCKET, found[0].place, said, "clients speak the frames of docs/wire.md; generated ones do")
        for one in found:
            self._read(one)

    def _read(self, one: Sent) -> None:
        what = f"the message {one.message_name!r} of {one.label}" if one.message_name else f"the message of {one.label}"
        message = self.types.shapes.library.resolve(one.message)
        if not isinstance(message, Mapping) or not _is_json_schema(message):
            self.losses.lose(
                one.label, one.place, "its payload is not described by a JSON schema", "describe it by one"
            )
            return
        self._beside(one, message, what)
        fields = {identifier(name): self._parameter(one, name) for name in PARAMETER.findall(one.address)}
        package = Package(one.name, one.feature, one.label, one.place, one.is_event, None)
        package.summary = (text(one.node, "summary") or text(message, "summary") or text(message, "title")).strip()
        package.description = (text(one.node, "description") or text(message, "description")).strip()
        package.roles = self.security.of_socket(one.node)
        ref = self._record(one, _payload(message), what, has_more=bool(fields))
        if one.is_event:
            package.payload = self._event(one, package, ref, fields)
            package.topic = self._topic(one, package, self._bounded(one, package.payload, list(fields)))
        else:
            package.payload = self._extended(one, ref, fields)
            self._reply(one, package)
        self._examples(message, package.payload)
        self.draft.packages.append(package)

    def _examples(self, message: Mapping, payload: object) -> None:
        """Those of a message are said of the record that it carries."""
        listed = [one for one in items(message, "examples") if isinstance(one, Mapping) and "payload" in one.entries]
        if not isinstance(payload, Ref) or not listed:
            return
        schema, member = self.types.schemas[payload.name], self.types.wrapped.get(payload.name)
        for one in listed:
            value = plain(one.entries["payload"])
            given = Given({member: value} if member else value, one.entries["payload"].place)
            if given not in schema.setdefault("examples", []):
                schema["examples"].append(given)

    def _record(self, one: Sent, payload: Node | None, what: str, *, has_more: bool) -> Ref | None:
        """Of a payload that has no name in the document: named after the event, or after what it is of the operation."""
        if payload is None:
            return None
        ending = "Payload" if has_more else "" if one.is_event else "Body"
        return self.types.message(payload, what, pascal(one.name) + ending, is_request=not one.is_event)

    def _parameter(self, one: Sent, name: str) -> object:
        """The schema of a part of the address: 2.6 has one, in 3.0 it is a text."""
        node = self.types.shapes.library.resolve(mapping(one.channel, "parameters", name))
        what = f"the parameter {name!r} of {one.address}"
        is_enum = isinstance(node, Mapping) and bool(items(node, "enum"))
        schema = node if isinstance(node, Mapping) and is_enum else mapping(node, "schema")
        found = self.types.of(schema, what, f"{pascal(one.name)}_{name}") if schema is not None else None
        kind = found if found is not None else {"type": "string"}
        described = text(node, "description").strip()
        return {"description": described, **kind} if isinstance(kind, dict) and described else kind

    def _missing(self, one: Sent, known: Data, fields: dict[str, object]) -> dict[str, object]:
        """Parameters of the address that the record does not require, under the names that it has for them. Of one that it requires,
        what only the address says of its values is told."""
        members, required, properties = codes(known), known.get("required", ()), known.get("properties", {})
        missing: dict[str, object] = {}
        for name, schema in fields.items():
            member = members.get(name, name)
            if member not in required:
                missing[member] = schema
            elif (said_there := self._values(schema)) and said_there != self._values(properties.get(member)):
                said = f"what the address {one.address} says of {member!r} is left out: the payload has it, and says it differently"
                self.losses.add(KEYWORD, one.place, said, "say it of the payload's member")
        return missing

    def _values(self, schema: object) -> object:
        """What bounds a value, without what is said to readers; nothing of a text that is bounded by nothing."""
        found = self.types.schemas.get(schema.name) if isinstance(schema, Ref) else schema
        if not isinstance(found, dict):
            return found
        kept = {key: one for key, one in found.items() if key not in ("description", "examples")}
        return None if kept == {"type": "string"} else kept

    # What comes in

    def _extended(self, one: Sent, ref: Ref | None, fields: dict[str, object]) -> Ref | None:
        """The record with the parameters of the address, which are all required; a copy, since others may have the record too."""
        known = self.types.schemas[ref.name] if ref is not None else {"type": "object", "properties": {}}
        missing = self._missing(one, known, fields)
        if not missing and (ref is not None or not fields):
            return ref
        return Ref(self._copied(known, missing, self.types.names.give(f"{pascal(one.name)}Body")))

    def _copied(self, known: Data, missing: dict[str, object], name: str) -> str:
        properties = {**missing, **known.get("properties", {})}
        required = [*missing, *known.get("required", ())]
        kept = {key: one for key, one in known.items() if key not in ("required", "properties")}
        if "examples" in kept:
            kept["examples"] = [Given(one.value, one.place) for one in kept["examples"]]
        self.types.schemas[name] = {**kept, **({"required": required} if required else {}), "properties": properties}
        return name

    def _reply(self, one: Sent, package: Package) -> None:
        library = self.types.shapes.library
        reply = library.resolve(one.node.get("reply"))
        channel = library.resolve(mapping(reply, "channel"))
        listed = items(reply, "messages") or [each for _, each in mapping(channel, "messages") or ()]
        named = [(each, _called(each, library)) for each in listed]
        answers = [each for each, name in named if not re.search("error|fail|problem|reject", name, re.IGNORECASE)]
        for each, name in named:
            if each not in answers[:1]:
                said = f"the reply {name!r} of {one.label} is left out: a request has one reply, and errors are those of the catalogue"
                self.losses.add(MEMBER, each.place, said, "answer a union, or declare an error in errors.yaml")
        payload = _payload(library.resolve(answers[0])) if answers else None
        if payload is None:
            if not answers:
                self.losses.add(
                    SOCKET, one.place, f"{one.label} is answered, with nothing", "declare a reply, if it says something"
                )
            return
        ref = self.types.message(payload, f"the reply of {one.label}", f"{pascal(one.name)}_result", is_request=False)
        members = list(self.types.schemas[ref.name].get("properties", {}))
        is_list = (
            members in (["items"], ["items", "meta"])
            and self.types.schemas[ref.name]["properties"]["items"].get("type") == "array"
        )
        package.reply = Ref(ref.name, "/properties/items") if is_list else ref
        package.is_page = is_list and "meta" in members

    # What goes out

    def _event(self, one: Sent, package: Package, ref: Ref | None, fields: dict[str, object]) -> Ref:
        """An event's record is called as the event."""
        known = self.types.schemas[ref.name] if ref is not None else {"type": "object", "properties": {}}
        missing = self._missing(one, known, fields)
        if ref is not None and ref.name == pascal(package.name) and not missing:
            return ref
        name = pascal(package.name)
        if self.types.names.has(name):
            package.name = f"{package.name}_event"
            name = self.types.names.give(pascal(package.name))
        else:
            self.types.names.give(name)
        if "oneOf" in known:
            self.types.schemas[name] = {
                "type": "object",
                "required": [*missing, "value"],
                "properties": {**missing, "value": ref},
            }
            return Ref(name)
        return Ref(self._copied(known, missing, name))

    def _bounded(self, one: Sent, payload: Ref, names: list[str]) -> frozenset[str]:
        """The parameters that a topic may have: a text without an end gets one."""
        schema = self.types.schemas[payload.name]
        properties, members = schema["properties"], codes(schema)
        found = set[str]()
        for name in names:
            member = members.get(name, name)
            kind = properties.get(member)
            if (
                isinstance(kind, dict)
                and kind.keys() <= {"type", "description", "pattern"}
                and kind.get("type") == "string"
            ):
                properties[member] = kind = {**kind, "maxLength": MAX_TEXT // len(names)}
            known = self.types.schemas.get(kind.name) if isinstance(kind, Ref) else kind
            if isinstance(known, dict) and (
                known.get("type") == "integer"
                or "enum" in known
                or "maxLength" in known
                or known.get("format") == "uuid"
            ):
                found.add(name)
            else:
                said = f"the address {one.address} is a topic without its parameter {name!r}, which is no number, uuid, enum or bounded text"
                self.losses.add(KEYWORD, one.place, said, "bound it, and write it into x-topic")
        return frozenset(found)

    def _topic(self, one: Sent, package: Package, named: frozenset[str]) -> str:
        parts = [part for part in re.split(r"[/.:]", one.address) if part]
        spelled = [
            (f"{{{name}}}" if (name := identifier(part[1:-1])) in named else "")
            if PARAMETER.fullmatch(part)
            else words(part).replace("_", "-")
            for part in parts
        ]
        spelled = [part for part in spelled if part] or [package.feature.replace("_", "-")]
        if not spelled[0][0].isalpha():
            spelled.insert(0, "events")
        topic = "/".join(spelled[:MAX_SEGMENTS])
        topic = f"{topic}/{package.name.replace('_', '-')}" if self._is_apart(one, package, topic) else topic
        self.draft.topics.add(topic)
        return topic

    def _is_apart(self, one: Sent, package: Package, topic: str) -> bool:
        """All events of a topic ask for the same roles, and have its parameters of the same types."""
        beside = [each for each in self.draft.packages if each.topic == topic]
        names = PARAMETER.findall(topic)
        other = next((each for each in beside if self._kinds(each, names) != self._kinds(package, names)), None)
        if other is not None:
            said = f"{package.name} has a topic of its own: {' and '.join(names)} is another type in it than in {other.name}"
            self.losses.add(KEYWORD, one.place, said, "use one shared schema in all events of the address")
        return other is not None or any(each.roles != package.roles for each in beside)

    def _kinds(self, package: Package, names: list[str]) -> list[object]:
        assert isinstance(package.payload, Ref), "an event has a record"
        schema = self.types.schemas[package.payload.name]
        members, properties = codes(schema), schema["properties"]
        found = [properties.get(members.get(name, name)) for name in names]
        return [_plain_kind(one) if isinstance(one, dict) else one for one in found]

    def _beside(self, one: Sent, message: Mapping, what: str) -> None:
        for key in UNCARRIED:
            if key in message.entries:
                self.losses.count(
                    MEMBER,
                    message.keys.get(key, message.place),
                    f"{key!r} of messages are left out",
                    "put what clients need into the payload",
                )
        for key in message.entries:
            if key not in READ_OF_MESSAGES:
                place = message.keys.get(key, message.place)
                self.losses.count(DOCUMENT, place, f"{key!r} of messages is left out", "nothing; it refuses no value")
        content = text(message, "contentType")
        if content and "json" not in content:
            self.losses.add(
                SOCKET, message.place, f"{what} is JSON or protobuf, and not {content}", "clients speak one of them"
            )
        for key in one.node.entries:
            if key not in READ:
                self.losses.count(
                    DOCUMENT,
                    one.node.keys.get(key, one.place),
                    f"{key!r} of operations is left out",
                    "nothing, or a word of specs/README.md that says it",
                )
        if one.is_event and "reply" in one.node.entries:
            self.losses.add(
                MEMBER,
                one.node.keys.get("reply", one.place),
                f"the reply to {one.label} is left out: nobody answers an event",
                "let clients call an operation",
            )


def _is_json_schema(message: Mapping) -> bool:
    form = text(message, "schemaFormat") or text(message.get("payload"), "schemaFormat")
    return not form or bool(JSON_SCHEMAS.match(form))


def _payload(message: Node | None) -> Node | None:
    """The schema of a payload, None where there is none or it is null; in 3.0 it may stand beside its format."""
    payload = message.get("payload") if isinstance(message, Mapping) else None
    found = mapping(payload, "schema") if text(payload, "schemaFormat") else payload
    return None if text(found, "type") == "null" else found

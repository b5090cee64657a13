"""What an AsyncAPI 3.0 document says of one socket: which frames it takes, which it answers and sends, and to whom.

A frame is a message's payload; where a message has `headers`, it is their members with the payload as `data`. A reply is found by
the `correlationId`. Words of Stele (`x-errors`, `x-close-codes`, `x-links` …) add checks, and are missed by no other document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from proof.callers import Roles
from proof.documents import JSON, DocumentError, Json, resolved
from proof.ws.names import Topics, read_topics

CORRELATION = re.compile(r"\$message\.(header|payload)#(/.+)")
TIMEOUT_S = 5.0
"""Of an operation that says none."""
CONTROL = "control-"
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a reply's frame has the fields of the next request's `data`."""

    operation: str
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """`frame` and `replies` are schemas of whole frames. `correlation` is the pointer of the id in a request, `answers_at` in its replies."""

    name: str
    frame: Json
    correlation: str
    replies: Mapping[str, Json]
    roles: tuple[Roles, ...] | None
    """OR of ANDs; None is public."""
    errors: frozenset[str] | None
    """None where the document does not say them."""
    timeout_s: float
    pkg_id: int | None = None
    is_safe: bool = False
    publishes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    result: str = ""
    """The shared schema that its answer's `data` is, where it is one."""
    answers_at: str = ""
    is_stream: bool = False
    """It has many replies: nothing is sent to it here, and its frames are known all the same."""

    def allows(self, roles: Roles) -> bool:
        return self.roles is None or any(group <= roles for group in self.roles)


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    frame: Json
    roles: tuple[Roles, ...] | None
    topics: tuple[str, ...] = ()
    pkg_id: int | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    """Of its data, with the shared schema that each is, where it is one."""

    @property
    def topic(self) -> str:
        """The first that can be followed as it is called, without a value for a parameter; or nothing."""
        return next((one for one in self.topics if "{" not in one), "")

    def allows(self, roles: Roles) -> bool:
        return self.roles is None or any(group <= roles for group in self.roles)

    def told(self, operation: Operation, answer: Any) -> Json:
        """What its data have where a call is answered so: the member that is of the answer's type."""
        return {name: answer for name, kind in self.members.items() if kind and kind == operation.result}


@dataclass(frozen=True, slots=True)
class Controls:
    """The frames that run no operation. JSON tells them by `type`, protobuf by the PkgID of their operation."""

    asked: Mapping[str, int] = field(default_factory=dict)
    """PkgIDs of what a caller sends, by `type`."""
    told: Mapping[int, Json] = field(default_factory=dict)
    """What the server says under a PkgID, as the schema of its frame in JSON."""


@dataclass(frozen=True, slots=True)
class Socket:
    """`document` is what the schemas refer into."""

    document: Json
    address: str
    encodings: Mapping[str, str]
    """The media type of each subprotocol; JSON without a subprotocol where the document names none."""
    operations: tuple[Operation, ...]
    events: tuple[Event, ...]
    controls: Controls = field(default_factory=Controls)
    close_codes: Mapping[str, int] | None = None
    """By name; None where the document has no table."""
    catalogue: Mapping[str, Json] = field(default_factory=dict)
    answers: Mapping[str, Json] = field(default_factory=dict)
    """Every frame that the server may send, by message."""
    topics: Topics = field(default_factory=dict)
    """On which events are told."""

    @property
    def speaks_stele(self) -> bool:
        """Whether it has the control frames, the ids and the errors of Stele's protocol."""
        return bool(self.controls.asked)

    def operation(self, name: str) -> Operation:
        """DocumentError for one that the document has not: a session may be older."""
        for one in self.operations:
            if one.name == name:
                return one
        raise DocumentError(f"operations: there is no {name}")


def read_socket(document: Json, channel: str = "") -> Socket:
    """The channel named, else the one whose operations there are; DocumentError for what this cannot be made of."""
    if not str(document.get("asyncapi", "")).startswith("3."):
        raise DocumentError(f"asyncapi: expected 3.0, found {document.get('asyncapi')!r}")
    for part in ("channels", "operations", "components"):
        if not isinstance(document.get(part) or {}, dict):
            raise DocumentError(f"{part}: expected an object, found {type(document[part]).__name__}")
    channels = document.get("channels") or {}
    name = channel or next(iter(channels), "")
    if name not in channels:
        raise DocumentError(f"channels: there is no {name!r}; there are {', '.join(channels) or 'none'}")
    return _Reader(document, name).socket()


class _Reader:
    def __init__(self, document: Json, channel: str) -> None:
        self._document = document
        self._name = channel
        self._channel = self._at(document["channels"][channel])

    def _at(self, node: Any) -> Json:
        found = resolved(self._document, node)
        return found if isinstance(found, dict) else {}

    def socket(self) -> Socket:
        mine = {name: self._at(one) for name, one in (self._document.get("operations") or {}).items()}
        mine = {name: one for name, one in mine.items() if self._is_here(one)}
        taken = {
            name: self._said(name, self._operation) for name, one in mine.items() if one.get("action") == "receive"
        }
        if not taken:
            raise DocumentError(f"channels/{self._name}: no operation receives a message there, so nothing can be sent")
        sent = [self._said(name, self._event) for name, one in mine.items() if one.get("action") == "send"]
        codes = self._channel.get("x-close-codes")
        answers = {name: frame for one in taken.values() for name, frame in one.replies.items()}
        return Socket(
            document=self._document,
            address=str(self._channel.get("address") or "/"),
            encodings=self._channel.get("x-encodings") or {"": JSON},
            operations=tuple(one for name, one in taken.items() if not name.startswith(CONTROL) and not one.is_stream),
            events=tuple(one for one in sent if not one.name.startswith(CONTROL)),
            controls=_controls(
                [one for name, one in taken.items() if name.startswith(CONTROL)],
                [one for one in sent if one.name.startswith(CONTROL)],
            ),
            close_codes=codes if isinstance(codes, dict) else None,
            catalogue=self._document.get("x-errors") or {},
            answers=answers | {one.name: one.frame for one in sent},
            topics=self._topics(sent),
        )

    def _topics(self, events: Sequence[Event]) -> Topics:
        names = dict.fromkeys(topic for one in events for topic in one.topics)
        parameters, filters = (self._channel.get(word) for word in ("x-parameters", "x-filters"))
        try:
            return read_topics(self._document, names, parameters, filters)
        except (AttributeError, KeyError, TypeError) as error:
            text = f"channels/{self._name}: x-parameters or x-filters is not as it should be: {error!r}"
            raise DocumentError(text) from None

    def _said(self, name: str, read: Callable[[str, Json], Said]) -> Said:
        """DocumentError for an operation that is not of AsyncAPI's shape."""
        try:
            return read(name, self._at(self._document["operations"][name]))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DocumentError(f"operations/{name}: is not as AsyncAPI 3.0 has it: {error}") from None

    def _is_here(self, operation: Json) -> bool:
        return self._at(operation.get("channel")) is self._channel

    def _operation(self, name: str, one: Json) -> Operation:
        messages = [self._at(message) for message in one.get("messages") or self._channel.get("messages", {}).values()]
        if len(messages) != 1:
            raise DocumentError(f"operations/{name}: expected one message, found {len(messages)}")
        reply = self._at(one.get("reply"))
        replies = {self._title(item): self._frame(self._at(item)) for item in reply.get("messages", ())}
        errors = one.get("x-errors")
        correlation, answers_at = "", ""
        if replies and not name.startswith(CONTROL):
            correlation = self._correlation(messages[0])
            told = (self._correlation(self._at(item)) for item in reply["messages"])
            answers_at = next(filter(None, told), correlation)
            if not correlation:
                raise DocumentError(
                    f"operations/{name}: its message has no correlationId, so that no reply is known as its own"
                )
        return Operation(
            name=name,
            frame=self._frame(messages[0]),
            correlation=correlation,
            answers_at=answers_at,
            replies=replies,
            roles=self._roles(one),
            errors=frozenset(errors) if errors is not None else None,
            timeout_s=_seconds(one.get("x-timeout", "")),
            pkg_id=one.get("x-pkg-id"),
            is_safe=bool(one.get("x-safe")),
            is_stream=bool(one.get("x-stream")),
            publishes=tuple(one.get("x-publishes", ())),
            links=tuple(Link(link["operation"], link["parameters"]) for link in one.get("x-links", {}).values()),
            result=self._result(replies),
        )

    def _event(self, name: str, one: Json) -> Event:
        messages = [self._at(message) for message in one.get("messages", ())]
        frame = self._frame(messages[0]) if messages else {}
        members = self._at(self._at(frame.get("properties", {}).get("data")).get("properties"))
        kinds = {member: str(schema.get("$ref", "")) for member, schema in members.items()}
        return Event(name, frame, self._roles(one), _topics(one.get("x-topic")), one.get("x-pkg-id"), kinds)

    def _title(self, item: Any) -> str:
        """The name that a reference ends with."""
        return str(item.get("$ref", "")).rpartition("/")[2] or str(item.get("name", "reply"))

    def _whole(self, message: Json) -> Json:
        """Traits are below what the message says itself (AsyncAPI 3.0, Message Trait Object)."""
        whole: Json = {}
        for trait in message.get("traits", ()):
            whole |= self._at(trait)
        return whole | message

    def _frame(self, message: Json) -> Json:
        whole = self._whole(message)
        payload, headers = whole.get("payload", True), self._at(whole.get("headers"))
        if isinstance(payload, dict) and "schemaFormat" in payload:
            payload = payload.get("schema", True)
        if not headers:
            return payload if isinstance(payload, dict) else {}
        members = {**headers.get("properties", {}), "data": payload}
        return {**headers, "properties": members, "required": [*headers.get("required", ()), "data"]}

    def _correlation(self, message: Json) -> str:
        """Where the frame has the id; nothing where the message does not say."""
        whole = self._whole(message)
        found = CORRELATION.fullmatch(str(self._at(whole.get("correlationId")).get("location", "")))
        if found is None:
            return ""
        is_below = found[1] == "payload" and self._at(whole.get("headers"))
        return f"/data{found[2]}" if is_below else found[2]

    def _roles(self, one: Json) -> tuple[Roles, ...] | None:
        """A scheme of components is the role of its name; one that stands inline says its `x-roles`."""
        groups: list[Roles] = []
        for item in one.get("security", ()):
            place = str(item.get("$ref", ""))
            groups.append(frozenset([place.rpartition("/")[2]]) if place else frozenset(item.get("x-roles", ())))
        return tuple(groups) or None

    def _result(self, replies: Mapping[str, Json]) -> str:
        for frame in replies.values():
            status = frame.get("properties", {}).get("status_code", {})
            if status.get("const") == 0:
                return str(frame["properties"].get("data", {}).get("$ref", ""))
        return ""


def _topics(told: str | list[str] | None) -> tuple[str, ...]:
    """Of x-topic, which is one or a list."""
    return (told,) if isinstance(told, str) else tuple(told or ())


def _controls(taken: Sequence[Operation], sent: Sequence[Event]) -> Controls:
    """Of a reply that has a `type`; the others are the shared problem."""
    asked = {_type_of(one.frame): one.pkg_id for one in taken if one.pkg_id is not None}
    replies = [(one.pkg_id, frame) for one in taken for frame in one.replies.values() if _type_of(frame)]
    told = {
        number: frame for number, frame in [*replies, *((one.pkg_id, one.frame) for one in sent)] if number is not None
    }
    return Controls(asked, told)


def _type_of(frame: Json) -> str:
    return str(frame.get("properties", {}).get("type", {}).get("const", ""))


def _seconds(text: str) -> float:
    number = text.removesuffix("ms") if text.endswith("ms") else text.removesuffix("s")
    if not number.isdigit():
        return TIMEOUT_S
    return int(number) / 1000 if text.endswith("ms") else float(number)

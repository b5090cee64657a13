"""Reads frames: what surrounds `data`, in JSON and in protobuf, and the control frames of both.

Promises: one parse, closed frames, and for a bad one the `pkg_id` and `req_id` that could still be read. `data` stays
bytes: its operation decodes it, after authorisation. Control frames of the protobuf form have PkgIDs from 60000 on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Any, Protocol

import msgspec
from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import Int32Value

from app.broadcast.broker import MAX_OFFSET, Position
from app.telemetry.traceparent import MAX_CHARS, Traceparent, read_traceparent
from generated.errors import ApiError, InvalidData, Malformed
from generated.proto import envelope_pb2, stele_control_pb2
from generated.results import FieldError

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""In the one form of RFC 9562 §4, of any version and in any case."""
MAX_PKG_ID = 65_535
MAX_TIMEOUT_MS = 30_000
MAX_TOPICS = 100
"""Of one control frame."""
MAX_TOPIC_CHARS = 3_000
MAX_EPOCH_CHARS = 64
MAX_ITEMS = 1_000
"""That one frame may grant to a stream."""


class ControlId(IntEnum):
    """Where JSON says `type`. `data`: the token, Int32Value (seconds), nothing, twice Topics, Int32Value (items), Position, Int32Value (milliseconds),
    and three times Presence."""

    AUTH = 60_000
    AUTH_EXPIRING = 60_001
    CANCEL = 60_002
    SUBSCRIBE = 60_003
    UNSUBSCRIBE = 60_004
    CREDIT = 60_006
    MISSED = 60_007
    DRAINING = 60_010
    PRESENT = 60_011
    JOINED = 60_012
    LEFT = 60_013


@dataclass(slots=True)
class Request:
    """One operation's, in either format; nothing of it is authorised yet."""

    pkg_id: int
    """1 or more; that it names an operation is not asked here."""
    req_id: str
    """As the caller wrote it: it is compared, and echoed, as text."""
    data: bytes
    """Not read: its operation's bytes in the socket's format."""
    timeout_s: float | None
    """0.001 to 30; None for the operation's own."""
    parent: Traceparent | None = None
    """The caller's span, where the frame says one."""


@dataclass(slots=True)
class Authenticate:
    """The first frame, or a refresh; which of the two the connection knows."""

    token: str
    """As it came, `Bearer` included; not judged."""
    req_id: str | None
    """None in JSON, whose control frames have none; the same holds for Subscribe and Unsubscribe."""


@dataclass(slots=True)
class Cancel:
    """Gets no answer of its own: the request that it ends has none either."""

    req_id: str
    """Of the request that is not wanted any more; one that is not in flight is no error."""


@dataclass(slots=True)
class Subscribe:
    topics: list[str]
    """1 to 100 names, as the caller wrote them: one may be twice, and may be of no topic."""
    req_id: str | None
    after: dict[str, Position] = field(default_factory=dict)
    """What of each topic was heard already; those are among `topics`."""
    presence: list[str] = field(default_factory=list)
    """Those of which it is to be told who follows them; they are among `topics`."""


@dataclass(slots=True)
class Unsubscribe:
    topics: list[str]
    """1 to 100, followed or not."""
    req_id: str | None


@dataclass(slots=True)
class Credit:
    """Gets no answer."""

    req_id: str
    """Of the stream that may go on; one that has ended is no error."""
    items: int
    """1 to 1,000 more."""


Control = Authenticate | Cancel | Credit | Subscribe | Unsubscribe


class BadFrame(Exception):
    """A frame that the contract does not know, with what to echo in the answer. The ids are None where they could not
    be read."""

    def __init__(self, error: ApiError, pkg_id: int | None = None, req_id: str | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pkg_id = pkg_id
        self.req_id = req_id


class Reader(Protocol):
    """One of each format, for all sockets."""

    def read(self, frame: Any, /) -> Request | Control:
        """Raises BadFrame, and nothing else whatever the bytes are."""


class _Meta(msgspec.Struct, forbid_unknown_fields=True):
    timeout_ms: Annotated[int, msgspec.Meta(ge=1, le=MAX_TIMEOUT_MS)] | msgspec.UnsetType = msgspec.UNSET
    traceparent: Annotated[str, msgspec.Meta(max_length=MAX_CHARS)] = ""


class _Request(msgspec.Struct, forbid_unknown_fields=True):
    pkg_id: int
    req_id: str
    data: msgspec.Raw
    meta: _Meta | msgspec.UnsetType = msgspec.UNSET


_Topics = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=MAX_TOPIC_CHARS)]], msgspec.Meta(min_length=1, max_length=MAX_TOPICS)
]


class _Position(msgspec.Struct, forbid_unknown_fields=True):
    topic: str
    epoch: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_EPOCH_CHARS)]
    offset: Annotated[int, msgspec.Meta(ge=0, le=MAX_OFFSET)]


class _Auth(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="auth"):
    token: str


class _Cancel(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="cancel"):
    req_id: str


class _Credit(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="credit"):
    req_id: str
    items: Annotated[int, msgspec.Meta(ge=1, le=MAX_ITEMS)]


class _Subscribe(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="subscribe"):
    topics: _Topics
    positions: Annotated[list[_Position], msgspec.Meta(max_length=MAX_TOPICS)] = []
    presence: Annotated[list[str], msgspec.Meta(max_length=MAX_TOPICS)] = []


class _Unsubscribe(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="unsubscribe"):
    topics: _Topics


class JsonReader:
    """Members that the contract does not know are refused, in `meta` too. A frame with a `type` is no request, and one
    with both is refused."""

    def __init__(self) -> None:
        self._requests = msgspec.json.Decoder(_Request)
        self._controls: msgspec.json.Decoder[_Auth | _Cancel | _Credit | _Subscribe | _Unsubscribe]
        self._controls = msgspec.json.Decoder(_Auth | _Cancel | _Credit | _Subscribe | _Unsubscribe)
        self._members = msgspec.json.Decoder(dict[str, msgspec.Raw])
        self._values = msgspec.json.Decoder(int | str)

    def read(self, frame: str) -> Request | Control:
        """A text frame, whole; `data` is copied as it stands."""
        try:
            request = self._requests.decode(frame)
        except (ValueError, RecursionError) as error:
            return self._read_other(frame, error)
        if request.pkg_id < 1 or UUID.fullmatch(request.req_id) is None:
            raise self._explain(frame, "pkg_id must be positive and req_id a UUID.")
        read = Request(request.pkg_id, request.req_id, bytes(request.data), None)
        if (meta := request.meta) is not msgspec.UNSET:
            read.timeout_s = None if meta.timeout_ms is msgspec.UNSET else meta.timeout_ms / 1000
            read.parent = read_traceparent(meta.traceparent) if meta.traceparent else None
        return read

    def _read_other(self, frame: str, error: Exception) -> Control:
        """What is no request is a control frame if it has a `type`, and else bad."""
        members = self._read_members(frame)
        if members is None or "type" not in members:
            raise self._explain(frame, str(error)) from None
        try:
            control = self._controls.decode(frame)
        except (ValueError, RecursionError) as cause:
            raise self._explain(frame, str(cause)) from None
        if isinstance(control, _Auth):
            return Authenticate(control.token, None)
        if isinstance(control, _Cancel):
            return Cancel(control.req_id)
        if isinstance(control, _Credit):
            return Credit(control.req_id, control.items)
        if isinstance(control, _Subscribe):
            try:
                return _subscribe(control.topics, control.positions, control.presence, None)
            except ValueError as cause:
                raise self._explain(frame, str(cause)) from None
        return Unsubscribe(control.topics, None)

    def _read_members(self, frame: str) -> dict[str, msgspec.Raw] | None:
        try:
            return self._members.decode(frame)
        except (ValueError, RecursionError):
            return None

    def _explain(self, frame: str, detail: str) -> BadFrame:
        members = self._read_members(frame)
        if members is None:
            return BadFrame(Malformed("The frame is not a JSON object."))
        pkg_id, req_id = self._read_value(members.get("pkg_id")), self._read_value(members.get("req_id"))
        return BadFrame(InvalidData(detail), echo_pkg_id(pkg_id), echo_req_id(req_id))

    def _read_value(self, raw: msgspec.Raw | None) -> int | str | None:
        try:
            return None if raw is None else self._values.decode(raw)
        except (ValueError, RecursionError):
            return None


class ProtobufReader:
    """Unknown fields are dropped, as protobuf has it; everything else is as strict as in JSON."""

    def read(self, frame: bytes) -> Request | Control:
        try:
            request = envelope_pb2.Request.FromString(frame)
        except DecodeError:
            raise BadFrame(Malformed("The frame is not a Request message.")) from None
        pkg_id, req_id = request.pkg_id, request.req_id
        if pkg_id < 1 or UUID.fullmatch(req_id) is None:
            error = InvalidData("pkg_id must be positive and req_id a UUID.")
            raise BadFrame(error, echo_pkg_id(pkg_id), echo_req_id(req_id))
        meta = request.meta if request.HasField("meta") else None
        if meta is not None and (faults := _faults(meta)):
            raise BadFrame(InvalidData(errors=faults), echo_pkg_id(pkg_id), req_id)
        if pkg_id >= ControlId.AUTH:
            return _read_control(pkg_id, req_id, request.data)
        read = Request(pkg_id, req_id, request.data, None)
        if meta is not None:
            read.timeout_s = meta.timeout_ms / 1000 if meta.HasField("timeout_ms") else None
            read.parent = read_traceparent(meta.traceparent) if meta.traceparent else None
        return read


def _faults(meta: envelope_pb2.RequestMeta) -> list[FieldError]:
    faults = []
    if meta.HasField("timeout_ms") and not 1 <= meta.timeout_ms <= MAX_TIMEOUT_MS:
        faults.append(FieldError(pointer="/meta/timeout_ms", message=f"must be 1 to {MAX_TIMEOUT_MS}"))
    if len(meta.traceparent) > MAX_CHARS:
        faults.append(FieldError(pointer="/meta/traceparent", message=f"must have {MAX_CHARS} characters at most"))
    return faults


def _read_control(pkg_id: int, req_id: str, data: bytes) -> Request | Control:
    try:
        match pkg_id:
            case ControlId.AUTH:
                return Authenticate(data.decode(), req_id)
            case ControlId.CANCEL:
                return Cancel(req_id)
            case ControlId.CREDIT:
                return Credit(req_id, _read_items(data))
            case ControlId.SUBSCRIBE:
                return _subscribe(*_read_topics(data), req_id)
            case ControlId.UNSUBSCRIBE:
                topics, positions, presence = _read_topics(data)
                if positions or presence:
                    raise ValueError("what is left has neither")
                return Unsubscribe(topics, req_id)
            case _:
                return Request(pkg_id, req_id, data, None)
    except (ValueError, DecodeError):
        raise BadFrame(InvalidData("The data of the control frame cannot be read."), pkg_id, req_id) from None


def _read_topics(data: bytes) -> tuple[list[str], Sequence[Any], list[str]]:
    message = stele_control_pb2.Topics.FromString(data)
    topics, positions, presence = list(message.topics), list(message.positions), list(message.presence)
    if not 1 <= len(topics) <= MAX_TOPICS or max(map(len, topics)) > MAX_TOPIC_CHARS:
        raise ValueError(len(topics))
    if len(positions) > MAX_TOPICS or len(presence) > MAX_TOPICS:
        raise ValueError(len(topics))
    for one in positions:
        if not 1 <= len(one.epoch) <= MAX_EPOCH_CHARS or not 0 <= one.offset <= MAX_OFFSET or one.recovered:
            raise ValueError(one.topic)
    return topics, positions, presence


def _subscribe(topics: list[str], positions: Sequence[Any], presence: list[str], req_id: str | None) -> Subscribe:
    """`positions` have `topic`, `epoch` and `offset`. ValueError for one of a topic that is not asked for, or a second one, and for such a
    presence."""
    after = {one.topic: Position(one.epoch, one.offset) for one in positions}
    if len(after) < len(positions) or not after.keys() <= set(topics):
        raise ValueError("positions are of the topics that are subscribed to, one for each at most.")
    if not set(presence) <= set(topics):
        raise ValueError("presence is of topics that are subscribed to.")
    return Subscribe(topics, req_id, after, presence)


def _read_items(data: bytes) -> int:
    items = Int32Value.FromString(data).value
    if not 1 <= items <= MAX_ITEMS:
        raise ValueError(items)
    return items


def echo_pkg_id(value: object) -> int | None:
    """What a reply may carry as `pkg_id`: within the contract's bounds, or nothing."""
    return value if isinstance(value, int) and 1 <= value <= MAX_PKG_ID else None


def echo_req_id(value: object) -> str | None:
    """The same text, if a reply may carry it."""
    return value if isinstance(value, str) and UUID.fullmatch(value) else None

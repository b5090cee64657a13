"""What the compiler declares of a contract, as values: operations, events, and where each door has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pydantic import TypeAdapter

from .errors import ApiError

T = TypeVar("T")
Encoding = Literal["json", "protobuf"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field that HTTP carries outside of the body; an etag is a number in quotes."""

    field: str
    carrier: str
    location: Literal["path", "query", "header"]
    is_etag: bool = False


@dataclass(frozen=True, slots=True)
class FileField:
    """A field that is bytes; `media_type` is the one that the contract declares, where that is one."""

    field: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class HttpBinding:
    """`files` are the parts of a form that are bytes, or the one field that is the whole body."""

    verb: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    has_body: bool = False
    is_form: bool = False
    files: tuple[FileField, ...] = ()
    answers_bytes: bool = False


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """`result` builds the reader of the answer, at the first use; `timeout_s` is the server's own deadline."""

    name: str
    feature: str
    result: Callable[[], TypeAdapter[T]]
    pkg_id: int | None = None
    http: HttpBinding | None = None
    is_query: bool = False
    idempotency: Literal["key", "natural", "none"] = "none"
    timeout_s: float = 5.0
    is_public: bool = False
    nullable: frozenset[str] = frozenset()
    """Required fields; their None is sent, that of others means that they are left out."""
    request_message: str = ""
    result_message: str = ""
    """Protobuf's names; empty where there is no message."""
    is_list: bool = False
    """A frame has the items as its data, and meta beside it."""
    is_stream: bool = False
    """It answers any number of what `result` reads."""
    session: Literal["login", "refresh", "logout", "ticket"] | None = None


@dataclass(frozen=True, slots=True)
class EventType(Generic[T]):
    """`record` is the class of its data."""

    name: str
    pkg_id: int
    topic: str
    record: type[T]
    result: Callable[[], TypeAdapter[T]]
    message: str = ""
    is_dense: bool = True
    """Whether each event on its topic is heard; else only the last of those that wait."""


@dataclass(frozen=True, slots=True)
class Protobuf:
    """What generic readers and writers of messages must know beside the descriptors. Messages go by their full names."""

    descriptors: bytes = b""
    """A FileDescriptorSet, complete."""
    request: str = ""
    response: str = ""
    problem: str = ""
    enums: Mapping[str, Mapping[int, str | int]] = field(default_factory=dict)
    """Value by number."""
    unions: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    """The tag's name, and its value by the field of each arm."""
    nulls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Fields whose absence is null."""
    defaulted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Lists and maps that are their default when they are empty."""
    members: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The names in JSON of the fields that are called otherwise there."""


@dataclass(frozen=True, slots=True)
class Contract:
    """`agent` names package and version; `events` are by PkgID, `errors` by code."""

    title: str
    version: str
    hash: str
    agent: str
    address: str
    subprotocols: Mapping[str, str]
    operations: Mapping[str, Operation[Any]]
    events: Mapping[int, EventType[Any]]
    errors: Mapping[str, type[ApiError]]
    protobuf: Protobuf

    def of_session(self, role: str) -> Operation[Any] | None:
        """The operation that does this for the caller's session, if the contract has one."""
        return next((one for one in self.operations.values() if one.session == role), None)

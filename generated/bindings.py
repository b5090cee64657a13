"""What the generated tables are made of: how an operation's values cross each door, and which method answers.

Declarations and one call; decisions are made by hand-written code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generated.handlers import Handlers
from generated.operations import Operation
from generated.proto.envelope_pb2 import PageMeta

NO_CONTENT = 204
Method = Callable[[Any, Any], Any]
"""Answers an awaitable of the result or, of a stream, an asynchronous generator of its items."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Readers raise `pydantic.ValidationError`, `DecodeError` or `ValueError`; `None` means no protobuf here.

    `values_protobuf` answers plain values, which `decode_values` judges as it judges JSON's. `frame_*` answer data and
    meta apart, as a socket's frame carries them. Of a stream all of it is about one item.
    """

    decode_json: Callable[[bytes], Any]
    decode_values: Callable[[dict[str, object]], Any]
    values_protobuf: Callable[[bytes], dict[str, object]] | None
    encode_json: Callable[[Any], bytes]
    encode_protobuf: Callable[[Any], bytes] | None
    frame_json: Callable[[Any], tuple[bytes, bytes | None]]
    frame_protobuf: Callable[[Any], tuple[bytes, PageMeta | None]] | None
    restore: Callable[[bytes], Any]
    """The typed result back from `encode_json`, for stored answers."""
    fault_of: Callable[[object], str | None]
    """What is wrong with a handler's result, without its values; the encoders take only what passes."""
    is_recursive: bool = False
    """A value of the request may hold another of its type; `decode_json` refuses one that is too deep, by `shallow`."""

    def decode_protobuf(self, data: bytes) -> Any:
        """The request of a binary frame."""
        assert self.values_protobuf is not None
        return self.decode_values(self.values_protobuf(data))


@dataclass(frozen=True, slots=True)
class EventCodec:
    encode_json: Callable[[Any], bytes]
    encode_protobuf: Callable[[Any], bytes]
    decode_json: Callable[[bytes], Any]
    fault_of: Callable[[object], str | None]


@dataclass(frozen=True, slots=True)
class Package:
    """One PkgID of the socket."""

    operation: Operation
    codec: Codec
    method: Callable[[Handlers[Any]], Method]


@dataclass(frozen=True, slots=True)
class Guard:
    """Who says who may follow a topic; the method answers a bool."""

    operation: Operation
    method: Callable[[Handlers[Any]], Method]


@dataclass(frozen=True, slots=True)
class HttpParameter:
    """A field outside of the body, by its name in JSON; `from_text` hands text that does not fit on, so that the model
    refuses it."""

    field: str
    carrier: str
    from_text: Callable[[str], object]
    is_list: bool = False
    versions: tuple[int, int] | None = None
    """The least and the greatest version, of If-Match: its text is a list of entity tags."""
    attribute: str = ""
    """The request's attribute, where it is called otherwise than the field."""


@dataclass(frozen=True, slots=True)
class HttpFile:
    """Bytes of one field of a request: the whole body, or parts of a form, `max_count` at most; or of the answer. Without
    media types any will do."""

    field: str
    max_bytes: int
    media_types: tuple[str, ...] = ()
    max_count: int = 1
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class HttpBinding:
    """One method of one path. `etag` and `location` name the result's field that the header carries."""

    operation: Operation
    codec: Codec
    method: Callable[[Handlers[Any]], Method]
    verb: str
    path: str
    statuses: tuple[int, ...]
    """Of success; the first is the one of a handler that chooses none."""
    path_parameters: tuple[HttpParameter, ...] = ()
    query_parameters: tuple[HttpParameter, ...] = ()
    header_parameters: tuple[HttpParameter, ...] = ()
    has_body: bool = False
    is_form: bool = False
    """Whether the body is `multipart/form-data`: `form_parameters` are its parts that are text, `files` the others."""
    form_parameters: tuple[HttpParameter, ...] = ()
    files: tuple[HttpFile, ...] = ()
    """Without a form the one that is the whole body."""
    download: HttpFile | None = None
    """What is answered is bytes."""
    etag: str | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    """Pairs of a header's name and the result's field that it carries."""
    location: tuple[str, str] | None = None

    @property
    def has_content(self) -> bool:
        """Whether a success has a body: 204 has none, and all successes of an operation are alike."""
        return self.statuses[0] != NO_CONTENT

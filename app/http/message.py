"""Reads one HTTP request: its body within bounds, its media types, its parameters as plain values.

Promises: the bytes are counted, not believed; what is repeated or unknown is refused, never picked from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json

from app.execution.context import Abandoned
from generated.bindings import HttpBinding, HttpParameter
from generated.errors import InvalidData, Malformed, NotAcceptable, TooLarge, UnsupportedMediaType
from generated.results import FieldError
from generated.scalars import shallow

Receive = Callable[[], Awaitable[dict[str, Any]]]
Headers = Iterable[tuple[bytes, bytes]]

JSON, PROTOBUF = "application/json", "application/x-protobuf"
MAX_BODY_BYTES = 1 << 20
"""Of a body as counted; one MiB."""
MAX_QUERY_FIELDS = 100
"""More is Malformed, like a query of more than MAX_QUERY_BYTES."""
MAX_QUERY_BYTES = 16_384


async def read_body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """Raises TooLarge, before anything is read where the length is declared, and Abandoned. The whole body is held in
    memory, so nothing is read before the caller may call."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared[:20]) > MAX_BODY_BYTES:
        raise TooLarge
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Abandoned
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise TooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def body_type(headers: dict[bytes, bytes]) -> str:
    """JSON or protobuf; parameters of the media type do not count, an encoding is not read. Raises
    UnsupportedMediaType."""
    media = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if media not in (JSON, PROTOBUF) or headers.get(b"content-encoding", b"identity") != b"identity":
        raise UnsupportedMediaType(f"Send {JSON} or {PROTOBUF}, not encoded.")
    return media


def answer_type(headers: dict[bytes, bytes], sent: str | None) -> str:
    """The first acceptable of JSON and protobuf by weight (RFC 9110 §12.5.1); `*/*` answers in the type of the body.
    Raises NotAcceptable where the caller takes neither."""
    accept = headers.get(b"accept")
    if accept is None:
        return sent or JSON
    if accept == b"application/json":
        return JSON
    best, best_weight = None, 0.0
    for part in accept.decode("latin-1").split(","):
        media, weight = _weighed(part)
        offer = {JSON: JSON, PROTOBUF: PROTOBUF, "*/*": sent or JSON, "application/*": sent or JSON}.get(media)
        if offer is not None and weight > best_weight:
            best, best_weight = offer, weight
    if best is None:
        raise NotAcceptable(f"Accept {JSON} or {PROTOBUF}.")
    return best


def _weighed(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return media, float(parameter[2:])
            except ValueError:
                return media, 0.0
    return media, 1.0


def outside_values(
    binding: HttpBinding, path_values: tuple[str, ...], query: bytes, headers: dict[bytes, bytes]
) -> dict[str, object]:
    """Fields from path, query and headers; text that is not of its type is left for the model to refuse. Raises
    InvalidData for a query parameter that is not known or stands twice, Malformed for a query that cannot be read, or
    has more than 16 KiB or 100 fields."""
    values: dict[str, object] = {}
    for parameter, text in zip(binding.path_parameters, path_values, strict=True):
        values[parameter.field] = parameter.from_text(text)
    if query:
        values |= _query_values(binding, query)
    for parameter in binding.header_parameters:
        header = headers.get(parameter.carrier.lower().encode())
        if header is None:
            continue
        text = header.decode("latin-1")
        if parameter.is_list:
            values[parameter.field] = [parameter.from_text(one.strip()) for one in text.split(",")]
        elif (value := parameter.from_text(text)) is not None:
            values[parameter.field] = value
    return values


def _query_values(binding: HttpBinding, query: bytes) -> dict[str, object]:
    known = {parameter.carrier: parameter for parameter in binding.query_parameters}
    values: dict[str, object] = {}
    for name, text in _query_pairs(query):
        parameter = known.get(name)
        if parameter is None:
            raise _refused(name, "There is no such parameter")
        if parameter.is_list:
            _append(values, parameter, text)
        elif parameter.field in values:
            raise _refused(name, "The parameter stands twice")
        else:
            values[parameter.field] = parameter.from_text(text)
    return values


def _query_pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        if len(query) > MAX_QUERY_BYTES:
            raise ValueError
        text = query.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:
        raise Malformed("The query cannot be read.") from None


def _append(values: dict[str, object], parameter: HttpParameter, text: str) -> None:
    listed = values.setdefault(parameter.field, [])
    if isinstance(listed, list):
        listed.append(parameter.from_text(text))


def _refused(name: str, message: str) -> InvalidData:
    return InvalidData(errors=[FieldError(pointer=f"/{name[:100]}", message=message)])


def read_request(binding: HttpBinding, media: str | None, body: bytes, outside: dict[str, object]) -> Any:
    """The request model; what path, query and headers carry may not stand in the body as well. Raises ValidationError,
    ValueError or DecodeError as the codec does, and InvalidData, Malformed or UnsupportedMediaType."""
    codec = binding.codec
    if media is None:
        return codec.decode_values(outside)
    if media == PROTOBUF:
        return _from_protobuf(binding, body, outside)
    if not outside and not binding.path_parameters:
        return codec.decode_json(body)
    inside = _plain(shallow(body) if codec.is_recursive else body)
    if not isinstance(inside, dict):
        raise InvalidData(errors=[FieldError(pointer="", message="The body should be an object")])
    carried = [one.field for one in (*binding.path_parameters, *binding.query_parameters, *binding.header_parameters)]
    for name in carried:
        if name in inside:
            raise _refused(name, "The field does not stand in the body")
    return codec.decode_values(inside | outside)


def _plain(body: bytes) -> object:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Malformed("The body is not valid JSON.") from None


def _from_protobuf(binding: HttpBinding, body: bytes, outside: dict[str, object]) -> Any:
    """A message has every field of the request; the ones that HTTP carries elsewhere are read there."""
    read = binding.codec.values_protobuf
    if read is None:
        raise UnsupportedMediaType(f"This operation takes {JSON}.")
    inside = read(body)
    for one in (*binding.path_parameters, *binding.query_parameters, *binding.header_parameters):
        inside.pop(one.field, None)
    return binding.codec.decode_values(inside | outside)

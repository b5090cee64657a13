"""Reads one HTTP request: its fields, its body within bounds, its parameters as plain values.

Promises: the bytes are counted, not believed; what is repeated or unknown is refused, never picked from.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import from_json

from app.execution.context import Abandoned
from app.http.conditions import expected_versions
from app.http.negotiation import JSON
from generated.bindings import HttpBinding, HttpParameter
from generated.errors import InvalidData, Malformed, TooLarge
from generated.results import FieldError
from generated.scalars import shallow

Receive = Callable[[], Awaitable[dict[str, Any]]]

MAX_BODY_BYTES = 1 << 20
"""Of a body as counted; one MiB."""
MAX_AGENT_CHARS = 1_024
MAX_QUERY_FIELDS = 100
"""More is Malformed, like a query of more than MAX_QUERY_BYTES."""
MAX_QUERY_BYTES = 16_384


def fields_of(headers: Collection[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Names are in lower case. Lines of one name are one list (RFC 9110 §5.3), which no field of one value can be."""
    fields = dict(headers)
    if len(fields) == len(headers):
        return fields
    lines: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        lines.setdefault(name, []).append(value)
    return {name: b", ".join(values) for name, values in lines.items()}


def user_agent_of(fields: dict[bytes, bytes]) -> str:
    """What the client says of itself, cut to 1,024 characters; empty where it says nothing."""
    return fields.get(b"user-agent", b"")[:MAX_AGENT_CHARS].decode("latin-1")


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


def outside_values(
    binding: HttpBinding, path_values: tuple[str, ...], query: bytes, headers: dict[bytes, bytes]
) -> dict[str, object]:
    """Fields from path, query and headers; text that is not of its type is left for the model to refuse. Raises
    InvalidData for a query parameter that is not known or stands twice, Malformed for a query that cannot be read, or
    has more than 16 KiB or 100 fields.

    A query is not looked at where the operation has no input at all, and so declares no refusal of one.
    """
    values: dict[str, object] = {}
    for parameter, text in zip(binding.path_parameters, path_values, strict=True):
        values[parameter.field] = parameter.from_text(text)
    if query and Malformed.code in binding.operation.errors:
        values |= _query_values(binding, query)
    for parameter in binding.header_parameters:
        header = headers.get(parameter.carrier.lower().encode())
        if header is None:
            continue
        if parameter.versions is not None:
            first = expected_versions(parameter.field, parameter.versions, header)[0]
            values |= {} if first is None else {parameter.field: first}
            continue
        text = _text(header)
        if parameter.is_list:
            values[parameter.field] = [parameter.from_text(one.strip()) for one in text.split(",")]
        else:
            values[parameter.field] = parameter.from_text(text)
    return values


def _text(header: bytes) -> str:
    """RFC 9110 gives other characters than those of ASCII no meaning (section 5.5): ours are UTF-8."""
    try:
        return header.decode()
    except UnicodeDecodeError:
        return header.decode("latin-1")


def alternatives(binding: HttpBinding, headers: dict[bytes, bytes], request: Any) -> list[Any]:
    """The request once more for each further version that If-Match names."""
    for parameter in binding.header_parameters:
        if parameter.versions is not None and (text := headers.get(parameter.carrier.lower().encode())):
            others = expected_versions(parameter.field, parameter.versions, text)[1:]
            return [request.model_copy(update={parameter.attribute or parameter.field: one}) for one in others]
    return []


def _query_values(binding: HttpBinding, query: bytes) -> dict[str, object]:
    known = {parameter.carrier: parameter for parameter in binding.query_parameters}
    values: dict[str, object] = {}
    for name, text in _query_pairs(query):
        parameter = known.get(name)
        if parameter is None:
            raise field_refused(name, "There is no such parameter")
        if parameter.is_list:
            _append(values, parameter, text)
        elif parameter.field in values:
            raise field_refused(name, "The parameter stands twice")
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


def field_refused(name: str, message: str) -> InvalidData:
    """`name` is as the caller wrote it; of a long one the beginning is told."""
    pointer = "/" + name[:100].replace("~", "~0").replace("/", "~1")
    return InvalidData(errors=[FieldError(pointer=pointer, message=message)])


def read_request(binding: HttpBinding, media: str | None, body: bytes, outside: dict[str, object]) -> Any:
    """The request model; what path, query and headers carry may not stand in the body as well. Raises ValidationError,
    ValueError or DecodeError as the codec does, and InvalidData, Malformed or UnsupportedMediaType."""
    codec = binding.codec
    if media is None:
        return codec.decode_values(outside)
    if media != JSON:
        return _from_protobuf(binding, body, outside)
    if not outside and not binding.path_parameters:
        return codec.decode_json(body)
    inside = _plain(shallow(body) if codec.is_recursive else body)
    if not isinstance(inside, dict):
        raise InvalidData(errors=[FieldError(pointer="", message="The body should be an object")])
    carried = [one.field for one in (*binding.path_parameters, *binding.query_parameters, *binding.header_parameters)]
    for name in carried:
        if name in inside:
            raise field_refused(name, "The field does not stand in the body")
    return codec.decode_values(inside | outside)


def _plain(body: bytes) -> object:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Malformed("The body is not valid JSON.") from None


def _from_protobuf(binding: HttpBinding, body: bytes, outside: dict[str, object]) -> Any:
    """A message has every field of the request; the ones that HTTP carries elsewhere are read there."""
    assert binding.codec.values_protobuf is not None, "a body is protobuf only where that is read"
    inside = binding.codec.values_protobuf(body)
    for one in (*binding.path_parameters, *binding.query_parameters, *binding.header_parameters):
        inside.pop(one.field, None)
    return binding.codec.decode_values(inside | outside)

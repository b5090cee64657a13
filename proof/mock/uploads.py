"""Bytes over HTTP: a body that is a file, a form whose parts are fields, and an answer of bytes.

Files are judged by their size and media type and then forgotten; an answer of bytes is a short text under the type that the contract names first.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from starlette.datastructures import Headers as StarletteHeaders
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from codegen.ir.operations import Operation
from codegen.ir.types import File, ListOf, file_of
from codegen.parse.http_content import ANY, FORM
from proof.documents import Json
from proof.mock.media import Headers, body_type, fits
from proof.mock.reading import Reader
from proof.mock.refusal import Refusal, escaped, unfit

MAX_TEXT = 1 << 20
MAX_PARTS = 200
OF_RANGES = {
    ANY: "application/octet-stream",
    "application/*": "application/octet-stream",
    "text/*": "text/plain",
    "image/*": "image/png",
    "audio/*": "audio/mpeg",
    "video/*": "video/mp4",
}
"""What is answered where the contract names a range of types."""


def most_bytes(operation: Operation) -> int:
    """Of the whole body."""
    sizes = [
        file.max_bytes * (one.type.max_items or 1 if isinstance(one.type, ListOf) else 1)
        for one in operation.request.fields
        if (file := file_of(one.type))
    ]
    return sum(sizes) + MAX_TEXT


async def uploaded(operation: Operation, headers: Headers, body: bytes, reader: Reader) -> Json:
    """The fields that came beside the files. Raises Refusal."""
    assert operation.http is not None
    if not operation.http.form:
        _check_body(operation, headers, body)
        return {}
    body_type(headers, (FORM,))
    parts = await _parts(headers, body)
    known = {one.member: one for one in operation.request.fields if one.name in (operation.http.body or ())}
    for name in parts:
        if name not in known:
            raise unfit(f"/{escaped(name)}", "There is no such part.")
    out: Json = {}
    for member, one in known.items():
        found, file = parts.get(member, []), file_of(one.type)
        if len(found) > 1 and not isinstance(one.type, ListOf):
            raise unfit(f"/{escaped(member)}", "The part stands twice.")
        if file is not None:
            least, most = (
                (one.type.min_items, one.type.max_items) if isinstance(one.type, ListOf) else (one.required, 1)
            )
            if len(found) < least or (most is not None and len(found) > most):
                raise unfit(f"/{escaped(member)}", f"Should be there {int(least)} to {most} times.")
            _check_files(member, file, found)
        elif isinstance(one.type, ListOf) and found:
            out[member] = [reader.part(one.type.item, await _text(member, each)) for each in found]
        elif found:
            out[member] = reader.part(one.type, await _text(member, found[0]))
    return out


def _check_body(operation: Operation, headers: Headers, body: bytes) -> None:
    assert operation.http is not None
    declared = operation.request.field(operation.http.file)
    file = file_of(declared.type) if declared else None
    assert file is not None, "the body is a file"
    body_type(headers, file.media_types or (ANY,))
    if len(body) > file.max_bytes:
        raise Refusal("too_large")


async def _parts(headers: Headers, body: bytes) -> dict[str, list[Any]]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    given = StarletteHeaders({"content-type": headers.get("content-type", "")})
    parser = MultiPartParser(given, stream(), max_files=MAX_PARTS, max_fields=MAX_PARTS, max_part_size=MAX_TEXT)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):
        raise Refusal("malformed", "The form cannot be read.") from None
    found: dict[str, list[Any]] = {}
    for name, value in form.multi_items():
        found.setdefault(name, []).append(value)
    return found


def _check_files(member: str, file: File, found: list[Any]) -> None:
    for one in found:
        said = one.content_type if isinstance(one, UploadFile) else None
        media = (said or "text/plain").partition(";")[0].lower()  # RFC 7578 §4.4.
        size = one.size or 0 if isinstance(one, UploadFile) else len(one.encode())
        if not any(fits(media, known) for known in file.media_types or (ANY,)):
            raise unfit(f"/{escaped(member)}", f"Should be {' or '.join(file.media_types)}.")
        if size > file.max_bytes:
            raise Refusal("too_large")


async def _text(member: str, value: Any) -> str:
    """Of a part, whether it has a file's name or not."""
    if not isinstance(value, UploadFile):
        return str(value)
    try:
        return (await value.read(MAX_TEXT)).decode()
    except UnicodeDecodeError:
        raise unfit(f"/{escaped(member)}", "Should be text.") from None


def downloaded(operation: Operation, media: str) -> tuple[str, bytes]:
    """The media type, which `media` is or lies in, and the bytes of an answer."""
    file = operation.result.file
    assert file is not None, "asked where bytes are answered"
    return OF_RANGES.get(media, media), f"What {operation.name} answers.\n".encode()[: file.max_bytes]

"""Bytes of HTTP as the language has them: contents that are bytes, and the parts of forms that are files."""

from __future__ import annotations

from codegen.importer.draft import Data, Ref
from codegen.importer.losses import DOCUMENT, KEYWORD, MEDIA, PRESENCE, Losses
from codegen.importer.media import MULTIPART, bytes_of
from codegen.importer.names import identifier
from codegen.importer.nodes import items, made, mapping, scalar, sequence, text, value
from codegen.importer.types import Types
from codegen.ir.names import is_member_name
from codegen.parse.constraints import MAX_FILE_BYTES
from codegen.parse.http_content import MEDIA_RANGE
from codegen.parse.yaml_tree import Mapping, Node, text_of

USUAL_BYTES, USUAL_FILES = 10_485_760, 10


def bytes_content(types: Types, holder: Mapping, what: str) -> Data:
    """`content` of bytes: one maximum for all media types, the largest that one of them has."""
    found = bytes_of(types.shapes.library, holder)
    legal = [name for name in found if MEDIA_RANGE.fullmatch(name)]
    for name in [name for name in found if name not in legal]:
        types.losses.add(MEDIA, holder.place, f"{what} is not {name}", "write a media type as RFC 6838 spells it")
    known = [most for schema in found.values() if (most := _declared(schema)) is not None]
    most = max(known) if known else _usual(types.losses, holder, what)
    schema = {"type": "string", "format": "binary", "maxLength": most}
    return {name: {"schema": schema} for name in legal or ["application/octet-stream"]}


def form_content(types: Types, holder: Mapping, schema: Node | None, what: str, hint: str) -> tuple[Ref, Data]:
    """The record of a form's parts, and its `content`. What is a file in it is no member of any JSON, so the record is its own."""
    library = types.shapes.library
    target = library.resolve(schema) if schema is not None else None
    said = mapping(target, "properties") if isinstance(target, Mapping) else None
    files = {key: library.resolve(node) for key, node in said or () if _is_file(types, node)}
    rest = made(holder, {}) if not isinstance(target, Mapping) else target
    types.shapes.met.add((rest.place.file, rest.pointer))
    if said is not None and files and isinstance(target, Mapping):
        kept = made(said, {key: node for key, node in said if key not in files}, said.keys)
        required = sequence(target, [one for one in items(target, "required") if text_of(one) not in files])
        parts = {key: node for key, node in target if key not in ("properties", "required")}
        rest = made(target, parts | {"properties": kept, "required": required, "type": scalar(target, "object")})
        rest.pointer = f"{holder.pointer}/form"  # What is a record elsewhere is another one here.
    record = types.message(rest, what, hint, is_request=True)
    if files:
        _with_files(types, record, files, target, what)
    encoded = _encoding(types, holder, {_member(key) for key in files})
    return record, {MULTIPART: {"schema": record, **({"encoding": encoded} if encoded else {})}}


def _with_files(types: Types, record: Ref, files: dict[str, Node | None], target: Node | None, what: str) -> None:
    schema = types.schemas[record.name]
    required = [one for one in map(text_of, items(target, "required")) if one in files] if target else []
    found = {
        _member(key): _file(types.losses, node, f"{what}.{key}", is_required=key in required)
        for key, node in files.items()
    }
    listed = [*schema.get("required", ()), *(_member(one) for one in required if one is not None)]
    properties = schema.get("properties", {}) | found
    schema.pop("required", None)
    schema |= {**({"required": listed} if listed else {}), "properties": properties}


def _file(losses: Losses, node: Node | None, what: str, *, is_required: bool) -> Data:
    """A list of files has a number of them; one that may be absent may be empty."""
    assert isinstance(node, Mapping), "asked for files alone"
    if text(node, "type") != "array":
        most = _declared(node)
        return _bytes(most if most is not None else _usual(losses, node, what))
    item = mapping(node, "items")
    most = _declared(item)
    inner = _bytes(most if most is not None else _usual(losses, node, what))
    count = value(node, "maxItems")
    if not isinstance(count, int):
        losses.add(
            KEYWORD, node.place, f"{what} is any number of files; {USUAL_FILES} at most are taken", "write maxItems"
        )
    found = {"type": "array", "maxItems": count if isinstance(count, int) else USUAL_FILES, "items": inner}
    least = value(node, "minItems")
    if is_required:
        return found | ({"minItems": least} if isinstance(least, int) and least > 0 else {})
    if least:
        losses.add(PRESENCE, node.place, f"{what} may be empty, since it may be absent", "require it")
    return found | {"default": []}


def _member(key: str) -> str:
    """The name in JSON that the part keeps, where the language has such names."""
    return key if is_member_name(key) else identifier(key)


def _bytes(most: int) -> Data:
    return {"type": "string", "format": "binary", "maxLength": most}


def _is_file(types: Types, node: Node) -> bool:
    found = types.shapes.library.resolve(node)
    if isinstance(found, Mapping) and text(found, "type") == "array":
        found = types.shapes.library.resolve(found.get("items"))
    if not isinstance(found, Mapping) or "contentEncoding" in found.entries:
        return False
    return text(found, "format") == "binary" or bool(text(found, "contentMediaType"))


def _encoding(types: Types, holder: Mapping, files: set[str]) -> Data:
    media = mapping(holder, "content", MULTIPART)
    found: Data = {}
    for key, node in mapping(media, "encoding") or ():
        said = [part.strip().lower() for part in text(node, "contentType").split(",")]
        if _member(key) in files and all(MEDIA_RANGE.fullmatch(part) for part in said):
            found[_member(key)] = {"contentType": ", ".join(said)}
        else:
            types.losses.count(DOCUMENT, node.place, "'encoding' of parts that are no files is left out", "nothing")
    return found


def _declared(schema: Node | None) -> int | None:
    most = value(schema, "maxLength")
    return most if isinstance(most, int) and not isinstance(most, bool) and 0 < most <= MAX_FILE_BYTES else None


def _usual(losses: Losses, node: Mapping, what: str) -> int:
    losses.add(
        KEYWORD, node.place, f"{what} has no maximum; {USUAL_BYTES} bytes stand there", "write maxLength as it is meant"
    )
    return USUAL_BYTES

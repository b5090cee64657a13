"""What a body holds: JSON of one schema, a stream of it, a form whose parts are fields, or bytes as they are.

A body that is no JSON belongs to HTTP alone: a frame is one message, held in memory, and has no room beside its data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codegen.diagnostics import Place
from codegen.ir.types import Field, File, ListOf, Type, file_of
from codegen.parse.http_operation import Sources
from codegen.parse.yaml_tree import Mapping, Node, plain, text_of

JSON, FORM, URL_FORM = "application/json", "multipart/form-data", "application/x-www-form-urlencoded"
NDJSON, SSE = "application/x-ndjson", "text/event-stream"
STREAMS = frozenset({NDJSON, SSE})
"""What a stream of JSON may be over HTTP; one of them says that it is one, and all are served."""
ANY = "*/*"
MEDIA_RANGE = re.compile(r"\*/\*|[a-z0-9][a-z0-9!#$&^_.+-]*/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)")
"""A type and its subtype as RFC 6838 §4.2 spells them, in lower case, without parameters."""


@dataclass(frozen=True, slots=True)
class Content:
    """`schema` is that of JSON or of a form; `file` is what bounds bytes. Both are missing after a finding."""

    schema: Node | None = None
    is_form: bool = False
    parts: Mapping | None = None
    """A form's `encoding`."""
    file: File | None = None
    is_stream: bool = False
    """Whether the schema is that of each item."""


def read_content(sources: Sources, holder: Mapping, what: str, *, may_be_form: bool = False) -> Content | None:
    """What stands under `content`; None where nothing does."""
    node = holder.get("content")
    if node is None:
        return None
    kinds = set(node.entries) if isinstance(node, Mapping) else set()
    media = {name: sources.documents.resolve(each) for name, each in node} if isinstance(node, Mapping) else {}
    told = {name: each for name, each in media.items() if isinstance(each, Mapping)}
    if kinds == {JSON} and JSON in told and told[JSON].get("schema") is not None:
        sources.only(told[JSON], {"schema", "example", "examples"}, "O003", "a media type")
        return Content(told[JSON].get("schema"))
    if kinds == {FORM} and may_be_form and FORM in told and told[FORM].get("schema") is not None:
        sources.only(told[FORM], {"schema", "encoding", "example", "examples"}, "O003", "a form")
        return Content(told[FORM].get("schema"), is_form=True, parts=sources.mapping(told[FORM], "encoding"))
    if not may_be_form and _is_stream(told):
        return Content(_item(sources, node.place, told, what), is_stream=True)
    if kinds and not kinds & {JSON, FORM, URL_FORM} and isinstance(node, Mapping):
        return Content(file=_file(sources, node, told, what))
    others = f"{FORM} alone, " if may_be_form else ""
    fix = (
        f"write {JSON} alone, {others}{NDJSON} for a stream, or media types of bytes; protobuf is added by the compiler"
    )
    sources.findings.add("O012", node.place, f"{what} is {' and '.join(sorted(kinds)) or 'nothing'}", fix=fix)
    return Content()


def _is_stream(told: dict[str, Mapping]) -> bool:
    """Lines or server-sent events of what has members: bytes of these media types are passed on as they are."""
    schemas = [each.get("schema") for each in told.values()]
    is_bytes = any(isinstance(one, Mapping) and text_of(one.get("format")) == "binary" for one in schemas)
    return bool(told) and told.keys() <= STREAMS and all(one is not None for one in schemas) and not is_bytes


def _item(sources: Sources, place: Place, told: dict[str, Mapping], what: str) -> Node | None:
    """The schema of each item, the same under each media type."""
    first, *others = told.values()
    for media in told.values():
        sources.only(media, {"schema", "example", "examples"}, "O003", "a media type")
    schema = first.get("schema")
    for media in others:
        if plain(media.entries["schema"]) != plain(first.entries["schema"]):
            fix = f"write {NDJSON} alone; the others follow from it"
            sources.findings.add("O012", place, f"{what} has another item as {SSE} than as {NDJSON}", fix=fix)
    return schema


def _file(sources: Sources, content: Mapping, told: dict[str, Mapping], what: str) -> File | None:
    """Media types beside each other hold the same: bytes with one maximum."""
    found: dict[str, int] = {}
    for name, place in content.keys.items():
        media, schema = told.get(name), told[name].get("schema") if name in told else None
        if not MEDIA_RANGE.fullmatch(name):
            fix = "write type/subtype in lower case without parameters, type/* or */*"
            sources.findings.add("O020", place, f"{what} has the media type {name!r}", fix=fix)
        if media is None or schema is None:
            fix = "write `schema: {type: string, format: binary, maxLength: 10485760}`"
            sources.findings.add("O012", place, f"{what} has {name!r} without a schema", fix=fix)
            continue
        sources.only(media, {"schema", "example", "examples"}, "O003", "a media type")
        kind = sources.schemas.type_of(schema, what)
        if kind is None:
            continue
        if not isinstance(kind[0], File) or kind[1]:
            fix = f"write `{{type: string, format: binary, maxLength: …}}`, or {JSON} for what has members"
            sources.findings.add("O012", schema.place, f"{what} has {name!r}, which is not bytes", fix=fix)
            continue
        if found and kind[0].max_bytes not in found.values():
            fix = "write the same maxLength for each media type"
            sources.findings.add("O020", schema.place, f"{what} has another maximum as {name!r}", fix=fix)
        found[name] = kind[0].max_bytes
    if len(found) < len(content.entries):
        return None
    return File(next(iter(found.values())), () if ANY in found else tuple(found))


def with_media_types(
    sources: Sources, fields: tuple[Field, ...], encoding: Mapping | None, what: str
) -> tuple[Field, ...]:
    """The parts of a form, with the media types that `encoding` says of them (OpenAPI 3.1, Encoding Object)."""
    said = dict(_encodings(sources, encoding, {one.member: one for one in fields}, what))
    return tuple(replace(one, type=_typed(one.type, said[one.member])) if one.member in said else one for one in fields)


def _encodings(
    sources: Sources, encoding: Mapping | None, fields: dict[str, Field], what: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, node in encoding or ():
        one = fields.get(name)
        if not isinstance(node, Mapping) or one is None or not isinstance(file_of(one.type), File):
            fix = "name a part that is bytes: `avatar: {contentType: image/png}`"
            sources.findings.add("O020", node.place, f"encoding of {what} has {name!r}, which is none", fix=fix)
            continue
        sources.only(node, {"contentType"}, "O003", "an encoding")
        types = tuple(part.strip() for part in (text_of(node.get("contentType")) or "").split(","))
        if all(MEDIA_RANGE.fullmatch(part) for part in types):
            yield name, () if ANY in types else types
        else:
            fix = "write media types in lower case, with commas between"
            sources.findings.add("O020", node.place, f"{name!r} of {what} has the contentType {types}", fix=fix)


def _typed(kind: Type, media_types: tuple[str, ...]) -> Type:
    if isinstance(kind, ListOf):
        return replace(kind, item=_typed(kind.item, media_types))
    return replace(kind, media_types=media_types) if isinstance(kind, File) else kind

"""Parameters and body of an HTTP operation, flattened into the fields of its one request record."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from codegen.diagnostics import meant
from codegen.ir.names import snake
from codegen.ir.operations import Parameter
from codegen.ir.types import Field, Int, ListOf, MapOf, Named
from codegen.parse.annotations import is_deprecated, read_named, read_notes
from codegen.parse.http_content import Content, read_content, with_media_types
from codegen.parse.http_operation import HttpOperation, Sources
from codegen.parse.members import namesake, told_once
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, plain, text_of

PARAMETER_KEYS = {
    "name",
    "in",
    "description",
    "required",
    "schema",
    "deprecated",
    "example",
    "examples",
    "style",
    "explode",
}
STYLES = {"path": ("simple", False), "query": ("form", True), "header": ("simple", False)}
"""OpenAPI's own defaults (3.1, "Style Values"), which are the only ones that are read."""
IF_MATCH = "if-match"
WHOLE = "content"
"""The field that is the whole body, where that is bytes."""
MAX_VERSION = 2**53 - 1
"""What an entity tag spells where nothing else says it: a number that JSON and JavaScript hold."""
SEGMENTS = re.compile(r"/|(/([A-Za-z0-9_~!$&'()*+,;=:@-][A-Za-z0-9._~!$&'()*+,;=:@-]*|\{[^{}/]*\}))+/?")
"""Segments of RFC 3986 without escapes, none of them a parent's; a parameter is a whole one."""
MAX_PARTS_DEPTH = 8
HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
OWN_HEADERS = {
    "accept", "authorization", "connection", "content-encoding", "content-length", "content-type", "cookie", "host",
    "idempotency-key", "transfer-encoding", "upgrade",
}  # fmt: skip
"""What the door itself reads; OpenAPI says of three of them that a parameter of that name is ignored."""


def read_parameters(sources: Sources, operation: HttpOperation, path: str, listed: list[Mapping]) -> list[Parameter]:
    """`listed` are the parameters of the path item and of the operation."""
    found = [one for item in listed for one in _parameter(sources, operation, item)]
    written = set(re.findall(r"\{([^}]*)\}", path))
    named = {one.carrier for one in found if one.location == "path"}
    for missing in sorted(written ^ named):
        others = named if missing in written else written
        is_there = "the path" if missing in written else "the parameters"
        where = f"the path parameter {missing!r} of {path} stands in {is_there} alone"
        fix = (
            f"declare it: {{name: {missing}, in: path, required: true, schema: …}}"
            if missing in written
            else "remove it"
        )
        sources.findings.add("O008", operation.place, where, fix=meant(missing, others - (written & named), fix))
    if not SEGMENTS.fullmatch(path) or len(written) < path.count("{"):
        fix = "write plain segments and `{parameter}` ones, each parameter once; a query stands in the parameters"
        sources.findings.add("O008", operation.place, f"the path {path!r} is not made of whole segments", fix=fix)
    return found


def listed_parameters(sources: Sources, node: Mapping) -> list[Mapping]:
    listed = node.get("parameters")
    if listed is not None and not isinstance(listed, Sequence):
        sources.findings.add("O009", listed.place, "parameters are not a list", fix="write `parameters: [...]`")
    found = [sources.documents.resolve(item) for item in listed.items] if isinstance(listed, Sequence) else []
    for one in found:
        if one is not None and not isinstance(one, Mapping):
            sources.findings.add("O009", one.place, "a parameter is no mapping", fix="write name, in and schema")
    return [item for item in found if isinstance(item, Mapping)]


@dataclass(frozen=True, slots=True)
class Body:
    """The names of the fields in the body, and its schema's name; `fields` is None without a body. As in `Http`."""

    fields: tuple[str, ...] | None = None
    schema: str | None = None
    form: bool = False
    file: str = ""


def read_body(sources: Sources, operation: HttpOperation, node: Mapping) -> Body:
    request = sources.documents.resolve(node.get("requestBody"))
    if not isinstance(request, Mapping):
        if request is not None:
            sources.findings.add(
                "O012", request.place, f"the body of {operation.name} is no mapping", fix="write content"
            )
        return Body()
    sources.only(request, {"description", "content", "required"}, "O003", "a request body")
    required = request.get("required")
    if required is not None and plain(required) is not True:
        fix = "write `required: true`; a body of which nothing is required is `{}`"
        sources.findings.add("O012", required.place, f"the body of {operation.name} may be left out", fix=fix)
    what = f"the body of {operation.name}"
    content = read_content(sources, request, what, may_be_form=True) or Content()
    if content.file is not None:
        _take(sources, operation, Field(WHOLE, content.file, required=True, place=request.place))
        return Body((WHOLE,), file=WHOLE)
    schema = content.schema
    fields = (sources.schemas.request_fields_of(schema, what) if schema else None) or ()
    operation.records += [schema] if schema else []
    if content.is_form:
        fields = with_media_types(sources, fields, content.parts, what)
    for one in fields:
        _take(sources, operation, one)
    target = sources.documents.resolve(schema) if schema else None
    if isinstance(target, Mapping):
        said = read_notes(target, sources.findings)
        said = replace(said, examples=(*said.examples, *sources.examples(request)))
        operation.body_notes = sources.schemas.asked_notes(schema, said)
    names = tuple(one.name for one in fields)
    return Body(names, target.pointer[1:] if target else None, form=content.is_form)


def _parameter(sources: Sources, operation: HttpOperation, item: Mapping) -> list[Parameter]:
    name, location = text_of(item.get("name")) or "", text_of(item.get("in")) or ""
    schema = item.get("schema")
    if location not in STYLES or schema is None or not name:
        message = f"the parameter {name!r} of {operation.name} is in {location!r}"
        sources.findings.add("O009", item.place, message, fix="use path, query or header, with a name and a schema")
        return []
    _check_keys(sources, item, location, f"the parameter {name!r} of {operation.name}")
    description = text_of(item.get("description")) or ""
    if location == "header":
        return _header(sources, operation, item, name, schema, description)
    is_record = location == "query" and _has_fields(sources, schema)
    if is_record:
        fields = sources.schemas.request_fields_of(schema, f"{operation.name}.{name}") or ()
        operation.records.append(schema)
    else:
        fields = _single(sources, operation, item, name, schema)
    for one in fields:
        _take(sources, operation, one)
    carriers = [one.member if is_record else name for one in fields]
    return [
        Parameter(one.name, carrier, location, one.description or description)
        for one, carrier in zip(fields, carriers, strict=True)
    ]


def _has_fields(sources: Sources, schema: Node, depth: int = 0) -> bool:
    """Whether a schema is a record; `allOf` around one part that is none only says more of it."""
    target = sources.documents.resolve(schema)
    if not isinstance(target, Mapping) or depth > MAX_PARTS_DEPTH:
        return False
    parts = target.get("allOf")
    listed = parts.items if isinstance(parts, Sequence) else []
    return "properties" in target.entries or any(_has_fields(sources, part, depth + 1) for part in listed)


def _check_keys(sources: Sources, item: Mapping, location: str, what: str) -> None:
    sources.only(item, PARAMETER_KEYS, "O003", "a parameter")
    style, explode = STYLES[location]
    for key, wanted in (("style", style), ("explode", explode)):
        node = item.get(key)
        if node is not None and plain(node) != wanted:
            fix = f"remove it: a {location} parameter has {key} {wanted!r}"
            sources.findings.add("O009", node.place, f"{what} has the {key} {plain(node)!r}", fix=fix)


def _single(sources: Sources, operation: HttpOperation, item: Mapping, name: str, schema: Node) -> tuple[Field, ...]:
    """A parameter that is one field, with the rules of presence that fields of records have."""
    is_required = _is_required(sources, operation, item, name)
    one = sources.schemas.parameter(
        schema,
        name,
        f"{operation.name}.{name}",
        item.keys["name"],
        required=is_required,
        code=text_of(item.get("x-field")),
    )
    if one is None:
        return ()
    inner = one.type.item if isinstance(one.type, ListOf) else one.type
    is_many = isinstance(one.type, ListOf) and text_of(item.get("in")) == "path"
    is_record = isinstance(inner, Named) and not sources.schemas.is_enum(inner.name)
    if is_many or is_record or isinstance(inner, ListOf | MapOf):
        fix = "a parameter is a text, a number, a flag, an enum, or in a query and a header a list of them"
        sources.findings.add(
            "O009", item.place, f"{operation.name}.{name} has no form in a {plain(item.entries['in'])}", fix=fix
        )
        return ()
    return (_noted(one, item),)


def _is_required(sources: Sources, operation: HttpOperation, item: Mapping, name: str) -> bool:
    """A part of the path is always there, and OpenAPI (3.1, "Parameter Object") wants it said."""
    required = item.get("required")
    told = required.value if isinstance(required, Scalar) else None
    is_path = text_of(item.get("in")) == "path"
    if required is not None and not isinstance(told, bool):
        what = f"`required` of the parameter {name!r} of {operation.name} is neither true nor false"
        sources.findings.add("O009", required.place, what, fix="write `required: true`, without quotes, or remove it")
    elif is_path and not told:
        what = f"the path parameter {name!r} of {operation.name} is not required"
        sources.findings.add("O008", item.place, what, fix="write `required: true`")
    return is_path or told is True


def _noted(one: Field, item: Mapping) -> Field:
    """With what the parameter says beside its schema."""
    said = one.notes
    until = text_of(item.get("x-sunset")) or said.sunset
    more = [each for each in read_named(item) if each.value not in said.values]
    found = replace(said, examples=(*said.examples, *more), sunset=until)
    return replace(one, notes=replace(found, deprecated=said.deprecated or is_deprecated(item)))


def _header(
    sources: Sources, operation: HttpOperation, item: Mapping, name: str, schema: Node, description: str
) -> list[Parameter]:
    """A header is a field of its own name in snake_case, or of `x-field`; If-Match carries a version that stands elsewhere."""
    carried = text_of(item.get("x-field"))
    if name.lower() in OWN_HEADERS or not HEADER.fullmatch(name):
        message = f"the header {name!r} of {operation.name} is the door's own, or the name of none"
        sources.findings.add("O010", item.place, message, fix="use another header")
        return []
    if name.lower() != IF_MATCH:
        fields = _single(sources, operation, item, carried or snake(name), schema)
        for one in fields:
            _take(sources, operation, one)
        return [Parameter(one.name, name, "header", description, plain(schema)) for one in fields]
    if carried is None:
        message = f"the header {name!r} of {operation.name} carries no field"
        sources.findings.add("O010", item.place, message, fix="add x-field with the field's name")
        return []
    return [Parameter(carried, name, "header", description, plain(schema))]


def with_versions(operation: HttpOperation | None, fields: dict[str, Field]) -> dict[str, Field]:
    """The fields of an operation that only HTTP has, and those of `If-Match`: no message says their type, so they are versions."""
    carried = (
        [one.field for one in operation.http.parameters if one.carrier.lower() == IF_MATCH]
        if operation and operation.http
        else []
    )
    versions = {
        name: Field(name, Int(64, 0, MAX_VERSION), False, place=operation.place) for name in carried if operation
    }
    return versions | fields


def _take(sources: Sources, operation: HttpOperation, one: Field) -> None:
    first = namesake(operation.fields.values(), one)
    if first is None:
        operation.fields[one.name] = one
        return
    message = told_once(first, one, operation.name) or f"{operation.name} has the field {one.member!r} in two carriers"
    fix = "rename one, or call a parameter otherwise by x-field: path, query and body flatten into one record"
    sources.findings.add("O011", one.place, message, other=(first.place, "has it first"), fix=fix)

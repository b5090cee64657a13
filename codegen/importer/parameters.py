"""Parameters of an operation: path, query and header arrive as fields of the request; cookies and forms without a field do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from codegen.importer.draft import Data
from codegen.importer.losses import DOCUMENT, KEYWORD, MEMBER, SHAPE, WIRE_NAME
from codegen.importer.names import identifier
from codegen.importer.nodes import items, mapping, place_of, text, value
from codegen.importer.notes import named_examples
from codegen.importer.shapes import Shape
from codegen.importer.types import Types
from codegen.ir.names import code_name, is_identifier, is_member_name, snake
from codegen.parse.http_request import HEADER, OWN_HEADERS, STYLES
from codegen.parse.yaml_tree import Mapping, plain

READ = {"name", "in", "description", "required", "deprecated", "schema", "style", "explode", "example", "examples"}
ONE = ("string", "integer", "number", "boolean", "string enum", "integer enum")
NO_CARRIER = "send it in the query or the body"
CONDITION = "if-match"


@dataclass(slots=True)
class Parameter:
    """`name` is that of the original, `field` what code calls it."""

    name: str
    field: str
    location: str
    node: Mapping
    schema: object
    required: bool


def listed(types: Types, *holders: Mapping) -> list[Mapping]:
    """The parameters of a path item and an operation; the operation's stand for those of the same name and place."""
    found: dict[tuple[str, str], Mapping] = {}
    for holder in holders:
        for item in items(holder, "parameters"):
            target = types.shapes.library.resolve(item)
            if isinstance(target, Mapping):
                found[text(target, "name"), text(target, "in")] = target
            else:
                types.losses.add(
                    MEMBER, item.place, "a parameter is no mapping, or refers to nothing", "correct the reference"
                )
    return list(found.values())


def read(types: Types, node: Mapping, label: str, hint: str) -> Iterator[Parameter]:
    """What a parameter becomes: one field, several where it is an object, none after a loss."""
    name, location = text(node, "name"), text(node, "in")
    what = f"the parameter {name!r} of {label}"
    if location not in STYLES or not name:
        types.losses.add(MEMBER, node.place, f"{what} is in {location!r}, and left out", NO_CARRIER)
    elif location == "header" and (name.lower() in (*OWN_HEADERS, CONDITION) or not HEADER.fullmatch(name)):
        types.losses.add(
            MEMBER,
            node.place,
            f"{what} is a header that the platform reads itself, and left out",
            "docs/wire.md says what it means here",
        )
    else:
        yield from _of(types, node, name, location, what, hint)


def _of(types: Types, node: Mapping, name: str, location: str, what: str, hint: str) -> Iterator[Parameter]:
    schema = node.get("schema")
    if schema is None:
        types.losses.add(
            MEMBER, place_of(node, "content"), f"{what} has a media type of its own, and is left out", NO_CARRIER
        )
        return
    shape = replace(types.shapes.of(schema, what), nullable=False)
    if shape.kind == "record" and location == "query":
        yield from _members(types, node, shape, name, what)
        return
    if shape.kind not in ONE and (location == "path" or not _is_list_of_one(types, shape, what)):
        types.losses.add(MEMBER, node.place, f"{what} has no form in a {location}, and is left out", NO_CARRIER)
        return
    required = value(node, "required") is True or location == "path"
    found = _single(types, shape, what, f"{hint}_{name}", required=required)
    if found is None:
        types.losses.add(MEMBER, node.place, f"{what} has no form in the language, and is left out", NO_CARRIER)
        return
    _style(types, node, location, what)
    _unread(types, node)
    yield Parameter(name, identifier(name), location, node, found, required)


def _single(types: Types, shape: Shape, what: str, hint: str, *, required: bool) -> object | None:
    """In a list nothing is an empty one, so that it needs no default."""
    if shape.kind != "array":
        return types.settle(replace(shape, outside=None), what, hint, required=required)[0]
    inner = types.inner(shape, what, hint)
    if not isinstance(inner, dict):
        return None
    if shape.said("default") is not None and plain(shape.said("default") or shape.node) not in ([], None):
        types.losses.add(KEYWORD, shape.node.place, f"the default of {what} is left out", "put it into the handler")
    return inner if required else {key: one for key, one in inner.items() if key != "minItems"}


def _members(types: Types, node: Mapping, shape: Shape, name: str, what: str) -> Iterator[Parameter]:
    """An object in the query: its properties are parameters, in `deepObject` with the name before theirs."""
    is_deep = text(node, "style") == "deepObject"
    required = [text(one) for one in items(shape.node, "required")] if value(node, "required") is True else []
    for key, below in mapping(shape.node, "properties") or ():
        inner = replace(types.shapes.of(below, f"{what}.{key}"), nullable=False)
        has_form = inner.kind in ONE or (not is_deep and _is_list_of_one(types, inner, what))
        is_required = key in required
        found = _single(types, inner, f"{what}.{key}", f"{name}_{key}", required=is_required) if has_form else None
        if found is None:
            types.losses.add(MEMBER, below.place, f"{what}.{key} has no form in a query, and is left out", NO_CARRIER)
            continue
        original = f"{name}[{key}]" if is_deep else key
        yield Parameter(
            original, identifier(f"{name}_{key}" if is_deep else key), "query", node, found, key in required
        )


def _unread(types: Types, node: Mapping) -> None:
    for key in node.entries:
        if key not in READ:
            types.losses.count(
                DOCUMENT, place_of(node, key), f"{key!r} of parameters is left out", "nothing; it refuses no value"
            )


def _is_list_of_one(types: Types, shape: Shape, what: str) -> bool:
    inner = mapping(shape.node, "items") if shape.kind == "array" else None
    return inner is not None and types.shapes.of(inner, what).kind in ONE


def _style(types: Types, node: Mapping, location: str, what: str) -> None:
    style, explode = STYLES[location]
    said = text(node, "style") or style
    exploded = value(node, "explode")
    is_list = types.shapes.of(node.entries["schema"], what).kind == "array"
    if said != style or (isinstance(exploded, bool) and exploded != explode and is_list):
        form = "?a=1&a=2" if location == "query" else "1,2"
        types.losses.add(
            SHAPE,
            place_of(node, "style"),
            f"{what} is written as {form}, and not in the style {said!r}",
            "clients write it so",
        )


def renamed(types: Types, parameters: list[Parameter], label: str, taken: set[str]) -> None:
    """Each field once among path, query, header and body; in a query the name is on the wire, and a change is said."""
    for one in parameters:
        if one.location == "path":
            continue
        if one.field in taken:
            one.field = next(name for name in _others(one.location, one.field) if name not in taken)
        taken.add(one.field)
        if one.location == "query" and not is_member_name(one.name):
            types.losses.add(
                WIRE_NAME,
                one.node.place,
                f"the parameter {one.name!r} of {label} is called {one.field!r} in the query",
                "clients use that name",
            )


def _others(first: str, name: str) -> Iterator[str]:
    yield f"{first}_{name}"
    yield from (f"{first}_{name}_{number}" for number in range(2, 1000))


def written(one: Parameter) -> Data:
    """The parameter as it stands in http/."""
    described = text(one.node, "description").strip()
    is_whole = one.name == text(one.node, "name")
    found: Data = {"name": carrier(one), "in": one.location}
    if one.required:
        found["required"] = True
    if described:
        found["description"] = described
    if value(one.node, "deprecated") is True:
        found["deprecated"] = True
    found |= named_examples(one.node) if is_whole else {}
    found["schema"] = _plainly(one.schema, is_described=bool(described))
    if (one.location == "header" and (snake(one.name) != one.field or not is_identifier(snake(one.name)))) or (
        one.location == "query" and code_name(carrier(one)) != one.field
    ):
        found["x-field"] = one.field
    return found


def carrier(one: Parameter) -> str:
    """The name on the wire: the original's, where the language can have it; no client sees that of a path's part."""
    keeps = one.location == "header" or (one.location == "query" and is_member_name(one.name))
    return one.name if keeps else one.field


def _plainly(schema: object, *, is_described: bool) -> object:
    """A parameter is only sent, and its own description stands before that of its schema."""
    if not isinstance(schema, dict):
        return schema
    unsaid = {"readOnly", "writeOnly", *(("description",) if is_described else ())}
    return {key: one for key, one in schema.items() if key not in unsaid}

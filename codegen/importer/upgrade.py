"""OpenAPI 3.0's schema language turned into that of 3.1, in place, so that the rest of the import knows one form.

`nullable` becomes a type of `null`, boolean bounds become numbers, `example` one of `examples`, `byte` an encoding. A text that
3.1 has already stays, so that documents which mix both are read as they were meant.
"""

from __future__ import annotations

from codegen.importer.nodes import made, scalar, sequence, text, value, walk, without
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence

CHOICES = ("allOf", "anyOf", "oneOf", "$ref")
BOUNDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
NO_SCHEMA = {"schema", "content", "in", "payload"}


def upgrade(root: Node) -> None:
    for node in list(walk(root)):
        for key, below in node:
            if key not in ("properties", "default", "example", "examples") and isinstance(below, Mapping):
                _schema(below)
        for below in node.entries.values():
            for item in below.items if isinstance(below, Sequence) else ():
                if isinstance(item, Mapping):
                    _schema(item)


def _schema(node: Mapping) -> None:
    for bound, exclusive in BOUNDS:
        _bound(node, bound, exclusive)
    _example(node)
    if text(node, "format") == "byte" and text(node, "type") == "string":
        node.entries["contentEncoding"] = scalar(node.entries.pop("format"), "base64")
        node.keys["contentEncoding"] = node.keys.pop("format", node.place)
    if isinstance(value(node, "nullable"), bool):
        _nullable(node)


def _example(node: Mapping) -> None:
    is_schema = bool(node.entries.keys() & {"type", *CHOICES}) and not NO_SCHEMA & node.entries.keys()
    if is_schema and "example" in node.entries and "examples" not in node.entries:
        example = node.entries.pop("example")
        node.entries["examples"] = sequence(example, [example])
        node.keys["examples"] = node.keys.pop("example", example.place)


def _bound(node: Mapping, bound: str, exclusive: str) -> None:
    said = value(node, exclusive)
    if not isinstance(said, bool):
        return
    del node.entries[exclusive]
    if said and bound in node.entries:
        node.entries[exclusive] = node.entries.pop(bound)
        node.keys[exclusive] = node.keys.pop(bound, node.place)


def _nullable(node: Mapping) -> None:
    said = node.entries.pop("nullable")
    if not isinstance(said, Scalar) or said.value is not True:
        return
    null = scalar(said, "null")
    kind = node.entries.get("type")
    if isinstance(kind, Scalar):
        node.entries["type"] = sequence(kind, [kind, null])
    elif kind is None and any(key in node.entries for key in CHOICES):
        inner = without(node, "description", "default")
        kept = {key: one for key, one in node if key in ("description", "default")}
        node.entries.clear()
        node.entries.update(kept | {"anyOf": sequence(said, [inner, made(said, {"type": null})])})

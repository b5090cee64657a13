"""What tells the arms of a union apart: a discriminator with its mapping, or one property that is another constant in each arm."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.importer.names import identifier
from codegen.importer.nodes import items, mapping, text, value
from codegen.importer.shapes import Shape, Shapes
from codegen.ir.names import is_identifier, snake
from codegen.parse.yaml_tree import Mapping, text_of


@dataclass(frozen=True, slots=True)
class Tag:
    """`values` are in the order of the arms; `property` is the name in the original."""

    property: str
    values: tuple[str, ...]


def tag_of(shape: Shape, shapes: Shapes) -> Tag | None:
    """None where nothing tells the arms apart that every door can carry."""
    if len({arm.key for arm in shape.arms}) != len(shape.arms) or any(arm.kind != "record" for arm in shape.arms):
        return None
    named = text(shape.node, "discriminator", "propertyName") or text(shape.node, "discriminator")
    names = [named] if named else _constant_properties(shape.arms[0], shapes)
    for name in names:
        values = [_constant(arm, name, shapes) or (_mapped(shape, arm, shapes) if named else "") for arm in shape.arms]
        mapped = (
            [_mapped(shape, arm, shapes) for arm in shape.arms]
            if named and mapping(shape.node, "discriminator", "mapping")
            else values
        )
        values = [one or other for one, other in zip(mapped, values, strict=True)]
        if all(map(_is_legal, values)) and len({identifier(one) for one in values}) == len(values):
            return Tag(name, tuple(values))
    return None


def _is_legal(value: str) -> bool:
    return bool(value) and is_identifier(snake(value)) and len(value) < 64


def _constant_properties(arm: Shape, shapes: Shapes) -> list[str]:
    return [key for key, _ in mapping(arm.node, "properties") or () if _constant(arm, key, shapes)]


def _constant(arm: Shape, name: str, shapes: Shapes) -> str:
    """The one text that a property of the arm may have, or nothing."""
    node = mapping(arm.node, "properties", name)
    target = shapes.library.resolve(node)
    if not isinstance(target, Mapping):
        return ""
    only = items(target, "enum")
    said = value(target, "const") if "const" in target.entries else text_of(only[0]) if len(only) == 1 else None
    return said if isinstance(said, str) else ""


def _mapped(shape: Shape, arm: Shape, shapes: Shapes) -> str:
    """The value that the mapping gives the arm, else its name in the document."""
    for key, node in mapping(shape.node, "discriminator", "mapping") or ():
        said = text_of(node) or ""
        target = shapes.library.target(node.place.file, said) if "#" in said or "." in said else None
        if (target is not None and target.place == arm.node.place) or said.rpartition("/")[2] == arm.name:
            return key
    return arm.name

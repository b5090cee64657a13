"""What tells the arms of a union apart: a discriminator with its mapping, or one property that is another constant in each arm."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.importer.nodes import items, mapping, text, value
from codegen.importer.shapes import Shape, Shapes
from codegen.ir.names import is_identifier
from codegen.parse.unions import arm_name
from codegen.parse.yaml_tree import Mapping, Node, plain, text_of


@dataclass(frozen=True, slots=True)
class Tag:
    """`values` are in the order of the arms; `property` is the name in the original."""

    property: str
    values: tuple[str, ...]


def tag_of(shape: Shape, shapes: Shapes) -> Tag | None:
    """None where nothing tells the arms apart that every door can carry."""
    if len({arm.key for arm in shape.arms}) != len(shape.arms) or any(arm.kind != "record" for arm in shape.arms):
        return None
    said = _discriminator(shape)
    named = text(said, "propertyName") or text(said)
    for name in [named] if named else _constant_properties(shape.arms[0], shapes):
        values = [_value(said, arm, name, shapes) for arm in shape.arms]
        if all(map(_is_legal, values)) and len({arm_name(one) for one in values}) == len(values):
            return Tag(name, tuple(values))
    return None


def untold(shape: Shape, shapes: Shapes) -> str:
    """Why a union that has no tag has none."""
    if len({arm.key for arm in shape.arms}) != len(shape.arms):
        return "one of them stands there twice"
    others = [arm for arm in shape.arms if arm.kind != "record"]
    if others:
        return f"{others[0].name or others[0].kind} is no record"
    said = _discriminator(shape)
    name = text(said, "propertyName") or text(said)
    if not name:
        return "no common constant tells them apart"
    for arm in shape.arms:
        if not _is_legal(found := _value(said, arm, name, shapes)):
            return f"no name can be made of {found!r}, the {name!r} of {arm.name or 'one of them'}"
    return f"two of them have one {name!r}"


def _discriminator(shape: Shape) -> Node | None:
    """That of the union, else the one that all arms have from one base."""
    inherited = {_spelled(arm.node.get("discriminator")): arm.node.get("discriminator") for arm in shape.arms}
    only = next(iter(inherited.values())) if len(inherited) == 1 else None
    return shape.node.get("discriminator") or only


def _spelled(node: Node | None) -> str:
    return "" if node is None else repr(plain(node))


def _value(said: Node | None, arm: Shape, name: str, shapes: Shapes) -> str:
    """By the mapping, else by the arm's own constant; a discriminator without either says the arm's name."""
    if said is None:
        return _constant(arm, name, shapes)
    return _mapped(said, arm, shapes) or _constant(arm, name, shapes) or arm.name


def _is_legal(value: str) -> bool:
    return bool(value) and is_identifier(arm_name(value))


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


def _mapped(said: Node, arm: Shape, shapes: Shapes) -> str:
    for key, node in mapping(said, "mapping") or ():
        written = text_of(node) or ""
        target = shapes.library.target(node.place.file, written) if "#" in written or "." in written else None
        if (target is not None and target.place == arm.node.place) or written.rpartition("/")[2] == arm.name:
            return key
    return ""

"""Reading and making nodes of foreign documents, each with the place it came from."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.diagnostics import Place
from codegen.parse.yaml_tree import Mapping, Node, Plain, Scalar, Sequence, text_of


def child(node: Node | None, *keys: str) -> Node | None:
    """What stands under the keys, one below the other, without following references."""
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def mapping(node: Node | None, *keys: str) -> Mapping | None:
    found = child(node, *keys)
    return found if isinstance(found, Mapping) else None


def items(node: Node | None, *keys: str) -> list[Node]:
    found = child(node, *keys)
    return found.items if isinstance(found, Sequence) else []


def text(node: Node | None, *keys: str) -> str:
    """The text there, or an empty one; a number is its digits, as a version may be written."""
    found = child(node, *keys)
    value = found.value if isinstance(found, Scalar) else None
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def value(node: Node | None, *keys: str) -> Plain:
    found = child(node, *keys)
    return found.value if isinstance(found, Scalar) else None


def place_of(node: Mapping, key: str) -> Place:
    """Where the key stands, or what has it."""
    return node.keys.get(key, node.place)


def made(like: Node, entries: dict[str, Node], keys: dict[str, Place] | None = None) -> Mapping:
    """A mapping at the place of another node."""
    return Mapping(like.place, like.pointer, entries, dict.fromkeys(entries, like.place) | (keys or {}))


def without(node: Mapping, *keys: str) -> Mapping:
    return made(node, {key: one for key, one in node if key not in keys}, node.keys)


def with_entries(node: Mapping, **entries: Node) -> Mapping:
    return made(node, node.entries | entries, node.keys)


def scalar(like: Node, plain: Plain) -> Scalar:
    return Scalar(like.place, like.pointer, plain)


def sequence(like: Node, found: list[Node]) -> Sequence:
    return Sequence(like.place, like.pointer, found)


def reference(node: Node | None) -> str | None:
    return text_of(child(node, "$ref"))


OPAQUE = frozenset({"example", "examples", "default", "enum", "const", "x-examples"})
"""What stands below is a value, and no part of the document's form."""


def walk(root: Node) -> Iterator[Mapping]:
    """Every mapping of a tree that is no value, in no particular order."""
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, are_names = waiting.pop()
        if isinstance(node, Sequence):
            waiting += [(item, False) for item in node.items]
        elif isinstance(node, Mapping):
            yield node
            for key, below in node:
                if are_names or not (key in OPAQUE or key.startswith("x-")):
                    waiting.append((below, key == "properties" and not are_names))

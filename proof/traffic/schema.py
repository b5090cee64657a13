"""A place in a value, with all that a document says of it: what of its schemas applies there, references and branches taken together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from proof.documents import DocumentError, Json, resolved

BRANCHES = ("allOf", "oneOf", "anyOf")
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Schema:
    """`parts` are plain schemas without references; empty where the document says nothing. `names` are those of the shared schemas there."""

    document: Json = field(repr=False)
    parts: tuple[Json, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Json, *nodes: Any) -> Schema:
        parts: list[Json] = []
        names: list[str] = []
        for node in nodes:
            for part, name in _flat(document, node, 0):
                parts.append(part)
                names += [name] if name else []
        return cls(document, tuple(parts), tuple(names))

    def member(self, name: str) -> Schema:
        found = []
        for part in self.parts:
            declared = part.get("properties", {}).get(name)
            found.append(part.get("additionalProperties") if declared is None else declared)
        return Schema.of(self.document, *found)

    def item(self) -> Schema:
        return Schema.of(self.document, *(part.get("items") for part in self.parts))

    def declares(self, name: str) -> bool:
        """Whether a member is named, or a map may have it."""
        return any(
            name in part.get("properties", {}) or isinstance(part.get("additionalProperties"), dict)
            for part in self.parts
        )

    def says(self, word: str) -> bool:
        return any(part.get(word) for part in self.parts)

    @property
    def is_fixed(self) -> bool:
        """The contract says the value, or which there are."""
        return any("const" in part or "enum" in part for part in self.parts)

    @property
    def formats(self) -> frozenset[str]:
        return frozenset(str(part["format"]) for part in self.parts if "format" in part)


def _flat(document: Json, node: Any, depth: int) -> Iterator[tuple[Json, str]]:
    """Each part with the name of the shared schema that it is."""
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        return
    name = str(node.get("$ref", "")).rpartition("/")[2]
    try:
        found = resolved(document, node)
    except DocumentError:
        return
    if not isinstance(found, dict):
        return
    yield found, name
    for word in BRANCHES:
        for one in found.get(word, ()):
            yield from _flat(document, one, depth + 1)

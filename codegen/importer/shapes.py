"""What a schema of a foreign document comes to: references followed, `allOf` flattened, null taken apart, alternatives chosen.

A shape has one kind. What is lost on the way to it is said; a schema that means nothing to the language has the kind `free`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from codegen.importer.losses import KEYWORD, MEMBER, SHAPE, Losses
from codegen.importer.nodes import (
    child,
    items,
    made,
    mapping,
    place_of,
    reference,
    sequence,
    text,
    value,
    with_entries,
    without,
)
from codegen.importer.sources import Library
from codegen.parse.yaml_tree import Mapping, Node, Scalar, plain, text_of

CHOICES = ("oneOf", "anyOf")
SCALARS = ("string", "integer", "number", "boolean")
SAID_OUTSIDE = frozenset({"description", "default", "deprecated", "readOnly", "writeOnly", "title", "example", "examples", "nullable",
                          "summary", "xml", "externalDocs", "discriminator"})  # fmt: skip
"""What may stand around a schema without making it another one."""
MEANT = {"properties": "object", "additionalProperties": "object", "items": "array", "pattern": "string", "minLength": "string",
         "maxLength": "string", "contentEncoding": "string", "minimum": "number", "maximum": "number"}  # fmt: skip
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Shape:
    """`outside` has what the uses of a schema say of it; `arms` are those of a union."""

    node: Mapping
    kind: str
    nullable: bool = False
    name: str = ""
    outside: Mapping | None = None
    arms: tuple[Shape, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """The same for every use of one schema."""
        return self.node.place.file, f"{self.node.place} {self.node.pointer}"

    def said(self, word: str) -> Node | None:
        """An annotation, of the use before that of the schema."""
        return child(self.outside, word) or self.node.get(word)


@dataclass(slots=True)
class Shapes:
    library: Library
    losses: Losses
    met: set[tuple[str, str]] = field(default_factory=set)
    """File and pointer of all schemas that a shape was made of."""
    _depth: int = 0

    def of(self, node: Node, what: str) -> Shape:
        """Never fails: what cannot be read is `free`, after a loss that names it."""
        target = self.library.resolve(node)
        if not isinstance(target, Mapping):
            return self._free(node, target, what)
        self.met.add((target.place.file, target.pointer))
        if self._depth >= MAX_DEPTH:
            self.losses.add(SHAPE, target.place, f"{what} is nested deeper than {MAX_DEPTH}", "give its parts names")
            return Shape(made(target, {}), "free")
        self._depth += 1
        try:
            return self._outside(node, self._shape(target, self._name(node), what), what)
        finally:
            self._depth -= 1

    def _free(self, node: Node, target: Node | None, what: str) -> Shape:
        if target is None:
            said = reference(node)
            self.losses.add(MEMBER, node.place, f"{what} refers to {said!r}, where there is nothing to read",
                            "copy what it names into the document, and correct the reference")  # fmt: skip
        return Shape(made(node, {}), "free")

    def _name(self, node: Node | None) -> str:
        """The last step of the last reference."""
        name = ""
        for _ in range(8):
            said = reference(node)
            if said is None or node is None:
                break
            name = said.rpartition("/")[2] if "#" in said else said.rpartition("/")[2].partition(".")[0]
            node = self.library.target(node.place.file, said)
        return name.replace("~1", "/").replace("~0", "~")

    def _outside(self, node: Node | None, shape: Shape, what: str) -> Shape:
        """What stands beside `$ref`: 3.0 ignores it, 3.1 reads it; annotations count in both."""
        if not isinstance(node, Mapping) or len(node.entries) < 2 or "$ref" not in node.entries:
            return shape
        beside = without(node, "$ref")
        for key in beside.entries:
            if key not in SAID_OUTSIDE and not key.startswith("x-"):
                self.losses.add(KEYWORD, place_of(node, key), f"{key!r} of {what} stands beside $ref and is not read",
                                "move it into the schema that $ref names")  # fmt: skip
        return replace(shape, outside=beside)

    def _shape(self, node: Mapping, name: str, what: str) -> Shape:
        if items(node, "allOf"):
            return self._all(node, name, what)
        for word in CHOICES:
            if items(node, word):
                return self._choice(node, word, name, what)
        return self._typed(node, name, what)

    # One type

    def _typed(self, node: Mapping, name: str, what: str) -> Shape:
        kinds = [text_of(one) or "" for one in items(node, "type")] or [text(node, "type")]
        nullable = "null" in kinds
        members = items(node, "enum")
        if members and any(_is_null_value(one) for one in members):
            nullable = True
            node = with_entries(
                node, enum=sequence(node.entries["enum"], [one for one in members if not _is_null_value(one)])
            )
        named = [one for one in kinds if one not in ("null", "")] or [_meant(node)]
        kind = self._one_of(node, named, what)
        if kind == "object":
            kind = _object_kind(node)
        elif items(node, "enum") and kind in ("string", "integer"):
            kind = f"{kind} enum"
        return Shape(node, kind if kind in KINDS else "free", nullable, name)

    def _one_of(self, node: Mapping, kinds: list[str], what: str) -> str:
        if len(set(kinds)) == 1:
            return kinds[0]
        if set(kinds) == {"integer", "number"}:
            return "number"
        kept = "string" if "string" in kinds else kinds[0]
        self._narrowed(node, what, kept, [one for one in kinds if one != kept])
        return kept

    def _narrowed(self, node: Mapping, what: str, kept: str, lost: list[str]) -> None:
        self.losses.add(SHAPE, node.place, f"of the alternatives of {what} only {kept} is kept, not {', '.join(lost)}",
                        "give each alternative a property of its own, or make them records with a common tag")  # fmt: skip

    # allOf

    def _all(self, node: Mapping, name: str, what: str) -> Shape:
        own = without(node, "allOf")
        parts = [self.of(part, what) for part in items(node, "allOf")]
        if len(parts) == 1 and not (own.entries.keys() - SAID_OUTSIDE - {"type"}):
            only = parts[0]
            return replace(only, name=only.name or name, outside=own if own.entries else only.outside)
        if own.entries.keys() - SAID_OUTSIDE:
            parts.append(self._shape(own, "", what) if own.entries.keys() & {*CHOICES} else self._typed(own, "", what))
        records = [one for one in parts if one.kind in ("record", "union", "map")]
        if records or all(one.kind == "free" for one in parts):
            return Shape(self._joined(node, own, parts, what, is_all=True), "record", False, name)
        return self._intersected(node, parts, name, what)

    def _intersected(self, node: Mapping, parts: list[Shape], name: str, what: str) -> Shape:
        """Constraints of one scalar that stand in several parts."""
        entries: dict[str, Node] = {}
        for one in parts:
            entries |= one.node.entries
        return replace(self._typed(made(node, entries), name, what), nullable=all(one.nullable for one in parts))

    def _joined(self, node: Mapping, own: Mapping, parts: list[Shape], what: str, *, is_all: bool) -> Mapping:
        """One record with the properties of all; required is what all alternatives require, or any part of allOf."""
        properties: dict[str, Node] = {}
        keys = {}
        required: dict[str, Node] = {}
        lists: list[set[str]] = []
        for one in [each for part in parts for each in (part.arms if part.kind == "union" else (part,))]:
            self._unmerged(one, what)
            for key, below in mapping(one.node, "properties") or ():
                properties[key] = _refined(properties.get(key), below) if is_all else properties.get(key, below)
                keys[key] = place_of(mapping(one.node, "properties") or one.node, key)
            listed = {str(text_of(item)): item for item in items(one.node, "required")}
            required |= listed
            lists.append(set(listed))
        wanted = required.keys() if is_all else set.intersection(*lists) if lists else set()
        found: dict[str, Node] = {}
        for part in parts if is_all else []:
            found |= {key: one for key, one in part.node if key == "discriminator"}
        found |= {key: one for key, one in own if key in SAID_OUTSIDE - {"default"}}
        found["properties"] = made(node, properties, keys)
        found["required"] = sequence(node, [one for key, one in required.items() if key in wanted])
        return made(node, found, node.keys)

    def _unmerged(self, one: Shape, what: str) -> None:
        if one.kind not in ("record", "free"):
            self.losses.add(SHAPE, one.node.place, f"a part of {what} is {one.kind} and no record, and adds no property",
                            "make it a property of its own")  # fmt: skip

    # oneOf, anyOf

    def _choice(self, node: Mapping, word: str, name: str, what: str) -> Shape:
        listed = [one for one in items(node, word) if not self._is_null(one)]
        nullable = len(listed) < len(items(node, word))
        own = without(node, word)
        if all(isinstance(one, Mapping) and one.entries.keys() <= {"required"} for one in listed) and own.entries:
            self.losses.add(KEYWORD, place_of(node, word), f"{word} of {what}, which requires one set of properties or another, is left out",
                            "check it in the handler")  # fmt: skip
            return self._typed(own, name, what)
        arms = [self.of(one, what) for one in listed]
        if len(arms) == 1:
            only = arms[0]
            is_around = bool(own.entries.keys() - SAID_OUTSIDE - {"type"})
            if is_around:
                return replace(
                    self._all(made(node, {"allOf": sequence(node, [listed[0]]), **own.entries}), name, what),
                    nullable=nullable,
                )
            return replace(
                only,
                nullable=only.nullable or nullable,
                name=only.name or name,
                outside=own if own.entries else only.outside,
            )
        nullable = nullable or any(one.nullable for one in arms)
        return replace(self._several(node, own, word, arms, name, what), nullable=nullable)

    def _several(self, node: Mapping, own: Mapping, word: str, arms: list[Shape], name: str, what: str) -> Shape:
        kinds = {one.kind for one in arms}
        if not arms:
            return Shape(made(node, {}), "free", name=name)
        filled = [one for one in arms if not _is_only_empty(one)]
        if len(filled) == 1 < len(arms):
            self._narrowed(node, what, _called(filled[0]), ["the empty text"])
            return replace(filled[0], outside=own if own.entries.keys() & SAID_OUTSIDE else filled[0].outside)
        if kinds <= {"record", "union"}:
            flat = tuple(each for one in arms for each in (one.arms if one.kind == "union" else (one,)))
            return Shape(node, "union", False, name, arms=flat)
        if kinds <= {"string", "string enum"}:
            return self._texts(node, arms, name, what)
        if kinds <= {"integer", "number"}:
            kind = "integer" if kinds == {"integer"} else "number"
            self.losses.add(
                SHAPE, node.place, f"the alternatives of {what} become one {kind} without bounds", "write its bounds"
            )
            return Shape(made(node, {key: one for key, one in own if key in SAID_OUTSIDE}), kind, False, name)
        kept = next((one for one in arms if one.kind.startswith("string")), arms[0])
        self._narrowed(node, what, _called(kept), [_called(one) for one in arms if one is not kept])
        return replace(kept, outside=own if own.entries.keys() & SAID_OUTSIDE else kept.outside)

    def _texts(self, node: Mapping, arms: list[Shape], name: str, what: str) -> Shape:
        """Enums become one with the members of all; a free text beside them takes every text."""
        if all(one.kind == "string enum" for one in arms):
            members = [item for one in arms for item in items(one.node, "enum")]
            once = {str(plain(one)): one for one in members}
            return Shape(made(node, {"enum": sequence(node, list(once.values()))}), "string enum", False, name)
        self.losses.add(
            SHAPE,
            node.place,
            f"the alternatives of {what} become one text, which takes all of them",
            "say which texts it takes",
        )
        return Shape(made(node, {key: one for key, one in node if key in SAID_OUTSIDE}), "string", False, name)

    def merged(self, shape: Shape, what: str, why: str) -> Shape:
        """A union whose arms cannot be told apart, as one record with the properties of all of them."""
        self.losses.add(SHAPE, shape.node.place, f"the alternatives of {what} become one record with the properties of all, since {why}",
                        "give each alternative a required property of one name with its own `const`")  # fmt: skip
        own = without(shape.node, *CHOICES)
        joined = self._joined(shape.node, own, list(shape.arms), what, is_all=False)
        return replace(shape, node=joined, kind="record", arms=())

    def _is_null(self, node: Node) -> bool:
        target = self.library.resolve(node)
        return isinstance(target, Mapping) and (
            text(target, "type") == "null"
            or ("const" in target.entries and value(target, "const") is None)
            or (bool(items(target, "enum")) and all(_is_null_value(one) for one in items(target, "enum")))
        )


KINDS = {*SCALARS, "record", "map", "array", "string enum", "integer enum", "union", "free"}


def _is_null_value(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _is_only_empty(shape: Shape) -> bool:
    """An enum of the empty text alone, by which forms of URLs say that something is to be taken away."""
    return shape.kind == "string enum" and {text_of(one) for one in items(shape.node, "enum")} == {""}


def _called(shape: Shape) -> str:
    if shape.name:
        return f"the {shape.kind} {shape.name}"
    members = [key for key, _ in mapping(shape.node, "properties") or ()] if shape.kind == "record" else []
    return f"the record of {', '.join(members)}" if members else shape.kind


def _refined(first: Node | None, second: Node) -> Node:
    """A property that two parts of allOf have: the second narrows the first."""
    if (
        not isinstance(first, Mapping)
        or not isinstance(second, Mapping)
        or "$ref" in first.entries
        or "$ref" in second.entries
    ):
        return second
    return made(second, first.entries | second.entries, first.keys | second.keys)


def _object_kind(node: Mapping) -> str:
    if "properties" in node.entries:
        return "record"
    values = node.get("additionalProperties")
    if isinstance(values, Scalar) and values.value is False:
        return "record"
    return "map" if isinstance(values, Mapping) and values.entries else "free"


def _meant(node: Mapping) -> str:
    """The type of a schema that says none, where its keywords leave no other."""
    for member in [*items(node, "enum"), *([node.entries["const"]] if "const" in node.entries else [])]:
        found = value(member)
        return (
            "boolean"
            if isinstance(found, bool)
            else "integer"
            if isinstance(found, int)
            else "number"
            if isinstance(found, float)
            else "string"
        )
    for key, kind in MEANT.items():
        if key in node.entries:
            return kind
    return "string" if text(node, "format") in ("date", "date-time", "uuid", "email", "uri") else ""

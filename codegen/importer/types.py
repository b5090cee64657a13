"""Schemas of foreign documents to schemas of the language: named records, enums and unions, and what stands inside of them.

Each schema of the original becomes one type, however often it is used; what has no name there is named after where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from codegen.importer import carried
from codegen.importer.draft import Data, Ref
from codegen.importer.enums import read_enum
from codegen.importer.losses import KEYWORD, MEMBER, PRESENCE, SHAPE, WIRE_NAME, Losses
from codegen.importer.names import Taken, identifier, type_name
from codegen.importer.nodes import items, mapping, place_of, text, value
from codegen.importer.notes import notes
from codegen.importer.presence import settled
from codegen.importer.scalars import left_out, scalar_schema
from codegen.importer.shapes import Shape, Shapes
from codegen.importer.tags import Tag, tag_of, untold
from codegen.ir.names import code_name, is_member_name
from codegen.parse.yaml_tree import Mapping, Node, text_of

NO_FORM = "describe its properties, or a schema for all its values"
WRAPPED = {"array": "items", "map": "entries"}


@dataclass(slots=True)
class Types:
    shapes: Shapes
    losses: Losses
    names: Taken
    schemas: dict[str, Data] = field(default_factory=dict)
    wire: dict[str, dict[str, str]] = field(default_factory=dict)
    """The properties of each record: the name in the original to the name here."""
    wrapped: dict[str, str] = field(default_factory=dict)
    """The one field of each record that is around a value."""
    _named: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _inside: set[tuple[str, str]] = field(default_factory=set)
    _tags: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The property and the constant of each record that is an arm."""

    def of(self, node: Node, what: str, hint: str) -> object | None:
        """The schema that stands in a property, an item or a parameter; None after a loss."""
        return self.inner(self.shapes.of(node, what), what, hint)

    def inner(self, shape: Shape, what: str, hint: str) -> object | None:
        what = shape.name or what
        match shape.kind:
            case "free":
                return None
            case "record" | "union" | "string enum" | "integer enum":
                return self._type(shape, what, hint)
            case "array" | "map":
                return self._collection(shape, what, hint)
        return scalar_schema(self.losses, shape.node, shape.kind, what)

    def message(self, node: Node, what: str, hint: str, *, is_request: bool) -> Ref:
        """What a body or an answer is: a record, or in an answer a union. Anything else stands in a record of one field."""
        shape = self.shapes.of(node, what)
        if shape.nullable:
            self.losses.add(PRESENCE, node.place, f"{what} is never null", "send, or answer, a record that says so")
        found = self.inner(shape, what, hint)
        if shape.kind == "union" and is_request and isinstance(found, Ref) and "oneOf" not in self.schemas[found.name]:
            return found
        if isinstance(found, Ref) and (shape.kind == "record" or (shape.kind == "union" and not is_request)):
            return found
        if found is None:
            self.losses.add(
                MEMBER, shape.node.place, f"{what} is anything, which has no form; it is an empty record", NO_FORM
            )
            return Ref(self._given(hint, {"type": "object", "properties": {}}))
        member = WRAPPED.get(shape.kind, "value")
        self.losses.add(SHAPE, shape.node.place, f"{what} is {shape.kind}, and stands in a record as its {member!r}",
                        f"clients send or read {{{member!r}: …}}")  # fmt: skip
        name = self._given(hint, {"type": "object", "required": [member], "properties": {member: found}})
        self.wrapped[name] = member
        return Ref(name)

    def _given(self, hint: str, schema: Data) -> str:
        name = self.names.give(type_name(hint), "Record")
        self.schemas[name] = schema
        return name

    # Named types

    def _type(self, shape: Shape, what: str, hint: str) -> object | None:
        if shape.key in self._named:
            known = self._named[shape.key]
            return Ref(known) if known else self._again(shape, what)
        if shape.kind == "string enum" and not self._is_enum(shape):
            return self._alternatives(shape, what)
        wanted = type_name(shape.name or hint)
        name = self.names.give(wanted, "Record")
        if shape.name and name != wanted:
            self.losses.add(
                WIRE_NAME,
                shape.node.place,
                f"the type {shape.name!r} is called {name}",
                "nothing; no client sees it in JSON",
            )
        self._named[shape.key] = name
        self.schemas[name] = {}
        self.schemas[name] |= self._definition(shape, name)
        self._tag(name)
        return Ref(name)

    def _again(self, shape: Shape, what: str) -> object | None:
        return self._alternatives(shape, what)

    def _definition(self, shape: Shape, name: str) -> Data:
        described = notes(self.losses, shape.node)
        if shape.kind == "union":
            tag = tag_of(shape, self.shapes)
            other = self._told_otherwise(shape, tag) if tag else untold(shape, self.shapes)
            if tag and not other:
                return described | self._union(shape, tag, name)
            shape = self.shapes.merged(shape, name, other)
        if shape.kind == "record":
            return described | self._record(shape, name)
        left_out(self.losses, shape.node, shape.kind.removesuffix(" enum"), name)
        return described | read_enum(self.losses, shape, name)

    def _is_enum(self, shape: Shape) -> bool:
        members = [text_of(one) for one in items(shape.node, "enum")]
        texts = [one for one in members if one is not None]
        return len(texts) == len(members) and carried.are_members(list(dict.fromkeys(texts)))

    def _alternatives(self, shape: Shape, what: str) -> Data:
        """Texts that are no names are a pattern: it takes the same values, and no language has a type of it."""
        self._named[shape.key] = None
        texts = [one for one in map(text_of, items(shape.node, "enum")) if one is not None]
        if len(texts) != len(items(shape.node, "enum")):
            self.losses.add(
                KEYWORD,
                place_of(shape.node, "enum"),
                f"'enum' of {what} has members that are no texts, and is left out",
                "check it in the handler",
            )
            return {"type": "string"}
        self.losses.add(
            SHAPE,
            place_of(shape.node, "enum"),
            f"the members of {what} are no names; it is a text with a pattern of them",
            "give them names, if clients shall have constants",
        )
        return {"type": "string", "pattern": carried.alternatives(sorted(set(texts)))}

    # Records

    def _record(self, shape: Shape, name: str) -> Data:
        left_out(self.losses, shape.node, "record", name)
        self._base(shape, name)
        if mapping(shape.node, "additionalProperties") is not None and "properties" in shape.node.entries:
            self.losses.add(
                MEMBER,
                place_of(shape.node, "additionalProperties"),
                f"{name} has no further properties beside those it names",
                "give it a property that is a map",
            )
        listed = {text_of(one) for one in items(shape.node, "required")}
        required: list[str] = []
        found: Data = {}
        called: dict[str, str] = {}
        wire = self.wire.setdefault(name, {})
        properties = mapping(shape.node, "properties")
        members = _members([key for key, _ in properties or ()])
        for key, node in properties or ():
            place = place_of(properties or shape.node, key)
            member = key if is_member_name(key) else members[key]
            schema, is_required = self._property(node, f"{name}.{key}", f"{name}_{key}", key in listed)
            if schema is None:
                must = ", which is required," if key in listed else ""
                self.losses.add(
                    MEMBER, place, f"{name}.{key}{must} is left out: it has no form in the language", NO_FORM
                )
                continue
            if member != key:
                self.losses.add(
                    WIRE_NAME,
                    place,
                    f"{name}.{key} is called {member!r} in JSON too",
                    "clients use that name, or a proxy in front of the service renames it",
                )
            wire[key] = member
            found[member] = schema
            if code_name(member) != members[key]:
                called[member] = members[key]
                self.losses.add(
                    WIRE_NAME,
                    place,
                    f"code calls {name}.{key} {members[key]!r}",
                    "nothing; JSON has the name of the original",
                )
            if is_required:
                required.append(member)
        named: Data = {"x-field-names": called} if called else {}
        return {"type": "object", **({"required": required} if required else {}), "properties": found, **named}

    def _base(self, shape: Shape, name: str) -> None:
        """A discriminator of its own says that others stand where this one is named; here it is only itself."""
        said = shape.node.get("discriminator")
        if (
            said is not None
            and said.pointer == f"{shape.node.pointer}/discriminator"
            and "oneOf" not in shape.node.entries
            and shape.name
        ):
            self.losses.add(SHAPE, said.place, f"{name} is only what it says itself, and not the records that its discriminator names",
                            "write oneOf of these where one of them is meant")  # fmt: skip

    def _property(self, node: Node, what: str, hint: str, required: bool) -> tuple[object | None, bool]:
        return self.settle(self.shapes.of(node, what), what, hint, required=required)

    def settle(self, shape: Shape, what: str, hint: str, *, required: bool) -> tuple[object | None, bool]:
        """The schema of a field and whether it is required; None after a loss."""
        inner = self.inner(shape, what, _hinted(hint))
        if inner is None:
            return None, False
        named = self.schemas[inner.name] if isinstance(inner, Ref) else None
        return settled(self.losses, shape, inner, named, what, required=required)

    # Collections

    def _collection(self, shape: Shape, what: str, hint: str) -> object | None:
        if shape.key in self._inside:
            return None
        self._inside.add(shape.key)
        try:
            return self._list(shape, what, hint) if shape.kind == "array" else self._map(shape, what, hint)
        finally:
            self._inside.discard(shape.key)

    def _list(self, shape: Shape, what: str, hint: str) -> Data | None:
        left_out(self.losses, shape.node, "array", what)
        item = mapping(shape.node, "items")
        found = self._element(item, f"an item of {what}", f"{hint}_item") if item is not None else None
        if found is None:
            return None
        counts = {
            key: one for key in ("minItems", "maxItems") if isinstance(one := _count(shape.node, key), int) and one
        }
        unique = (
            {"uniqueItems": True}
            if value(shape.node, "uniqueItems") is True and "uniqueItems" in carried.KEYWORDS["array"]
            else {}
        )
        return {"type": "array", "items": found, **counts, **unique}

    def _map(self, shape: Shape, what: str, hint: str) -> Data | None:
        left_out(self.losses, shape.node, "map", what)
        values = mapping(shape.node, "additionalProperties")
        found = self._element(values, f"a value of {what}", f"{hint}_value") if values is not None else None
        most = _count(shape.node, "maxProperties")
        return (
            None
            if found is None
            else {"type": "object", "additionalProperties": found, **({"maxProperties": most} if most else {})}
        )

    def _element(self, node: Mapping, what: str, hint: str) -> object | None:
        """Protobuf has neither null in collections nor collections directly in collections."""
        shape = self.shapes.of(node, what)
        found = self.inner(shape, what, _hinted(hint))
        if found is not None and shape.nullable:
            self.losses.add(PRESENCE, node.place, f"{what} is never null", "send another value in its place")
        if not isinstance(found, dict):
            return found
        if shape.kind in WRAPPED:
            return None
        said = notes(self.losses, *(one for one in (shape.outside, shape.node) if one is not None))
        before = {key: said.pop(key) for key in ("description", "deprecated") if key in said}
        return {**before, **found, **said}

    # Unions

    def _union(self, shape: Shape, tag: Tag, name: str) -> Data:
        arms: list[object] = []
        for arm, constant in zip(shape.arms, tag.values, strict=True):
            found = self._type(arm, f"an arm of {name}", f"{name}_{constant}")
            assert isinstance(found, Ref)
            self._tags[found.name] = (tag.property, constant)
            self._tag(found.name)
            arms.append(found)
        return {"oneOf": arms}

    def _told_otherwise(self, shape: Shape, tag: Tag) -> str:
        """A record is told apart by one property in all unions, and by one constant."""
        for arm, constant in zip(shape.arms, tag.values, strict=True):
            name = self._named.get(arm.key) or ""
            if self._tags.get(name) not in (None, (tag.property, constant)):
                return "another union tells {} by {!r}: {!r}".format(name, *self._tags[name])
        return ""

    def _tag(self, record: str) -> None:
        """The record has the constant, whatever its own schema says of the property: the discriminator's mapping says so."""
        schema = self.schemas[record]
        if record not in self._tags or "properties" not in schema:
            return
        original, value = self._tags[record]
        member = self.wire.setdefault(record, {}).setdefault(
            original, original if is_member_name(original) else identifier(original)
        )
        constant: Data = {member: {"type": "string", "const": value}}
        schema["properties"] = constant | schema["properties"] | constant
        required = [member, *(one for one in schema.get("required", ()) if one != member)]
        properties, called = schema.pop("properties"), dict(schema.pop("x-field-names", {}))
        if member not in called and code_name(member) != identifier(member):
            called[member] = identifier(member)
        schema.pop("required", None)
        schema |= {"required": required, "properties": properties, **({"x-field-names": called} if called else {})}


def codes(schema: Data) -> dict[str, str]:
    """The members of a record by what code calls them."""
    called = schema.get("x-field-names", {})
    return {called.get(member, code_name(member)): member for member in schema.get("properties", {})}


def _members(keys: list[str]) -> dict[str, str]:
    """What code calls all properties: who has a legal name keeps it, whatever stands before."""
    taken = Taken()
    legal = {key: taken.give(key) for key in keys if identifier(key) == key and not taken.has(key)}
    return legal | {key: taken.give(identifier(key)) for key in keys if key not in legal}


def _hinted(hint: str) -> str:
    """`Order_shippingAddress_item` → `OrderShippingAddressItem`."""
    return "".join(part[:1].upper() + part[1:] for part in hint.replace("-", "_").split("_"))


def _count(node: Mapping, key: str) -> int | None:
    said = text(node, key)
    return int(said) if said.isdecimal() else None

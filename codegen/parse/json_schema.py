"""JSON Schema nodes to types. Only the subset that Draft-07 (AsyncAPI) and 2020-12 (OpenAPI) read alike is accepted.

A schema at the top of a file in `specs/schemas/` has a name; a record, an enum or a union becomes a definition of that
name. Anything outside the vocabulary is a finding, never a guess.
"""

from __future__ import annotations

import keyword
from dataclasses import replace

from codegen.diagnostics import Findings, Place, meant
from codegen.ir.names import is_type_name
from codegen.ir.notes import Notes
from codegen.ir.types import (
    Bool,
    Bytes,
    Definition,
    Enum,
    Field,
    ListOf,
    MapOf,
    Named,
    Record,
    String,
    Text,
    Type,
    Union,
)
from codegen.parse.annotations import each_of, read_notes, told
from codegen.parse.constraints import SHAPING, only_member
from codegen.parse.directions import READ, asked_notes, kept
from codegen.parse.documents import Documents, shared_name
from codegen.parse.enums import read_members
from codegen.parse.keywords import ANNOTATIONS, BINARY, FORMS, LENGTHS, PLAIN_FORMATS, RESERVED, Keywords
from codegen.parse.members import Members, namesake, told_once
from codegen.parse.presence import ambiguity, empty_when_absent
from codegen.parse.unions import Unions
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, kind_of, plain, text_of


class Schemas(Keywords):
    """Turns schema nodes into types and collects the definitions that they name."""

    def __init__(self, documents: Documents, findings: Findings) -> None:
        super().__init__(findings)
        self._documents = documents
        self._places: dict[str, Place] = {}
        self._unions = Unions(findings)
        self._members = Members(findings)
        self._is_open = False
        self._waiting: list[tuple[Mapping, str]] = []
        """Named schemas that are still to be read: types refer to each other in chains longer than the stack."""
        self._read: dict[Place, tuple[Field, ...] | None] = {}
        self.definitions: dict[str, Definition] = {}

    def type_of(self, node: Node, what: str, *, may_say: bool = False) -> tuple[Type, bool] | None:
        """The type and whether null is allowed; `what` names the schema in findings."""
        self._no_siblings(node, what, may_say=may_say)
        target = self._documents.resolve(node)
        if target is None:
            return None
        what = shared_name(target) or what
        if not isinstance(target, Mapping):
            self._refuse("S001", target.place, f"{what} is {kind_of(target)}, not a schema")
            return None
        if not self._typed(target):
            return None
        if word := self._choice_word(target):
            return self._choice(target, word, what) if self._known_choice(target, word, what) else None
        if "allOf" in target.entries:
            return self._around(target, what)
        kind, nullable = self._kind(target, what)
        if kind is None or not self._known_words(target, kind, what):
            return None
        is_enum = "enum" in target.entries and only_member(target) is None
        if is_enum or (kind == "object" and not self._is_map(target)):
            found = self._named(target, what)
            return (found[0], nullable) if found else None
        built = self._ending(target, what, lambda: self._scalar(target, kind, what))
        return (built, nullable) if built else None

    def fields_of(self, node: Node, what: str) -> tuple[Field, ...] | None:
        """The fields of a record, `allOf` flattened."""
        target = self._documents.resolve(node)
        if not isinstance(target, Mapping):
            if target is not None:
                self._refuse("S001", target.place, f"{what} is {kind_of(target)}, not a record")
            return None
        if not self._typed(target):
            return None
        if target.place not in self._read:
            is_joined = "allOf" in target.entries
            self._read[target.place] = (
                self._ending(target, what, lambda: self._flatten(target, what))
                if is_joined
                else self._own_fields(target, what)
            )
        return self._read[target.place]

    def _own_fields(self, target: Mapping, what: str) -> tuple[Field, ...] | None:
        kind, _ = self._kind(target, what)
        if kind != "object" or self._is_map(target):
            if kind is not None:
                self._refuse("S002", target.place, f"{what} must be a record, it is {kind}")
            return None
        return self._fields(target, what) if self._known_words(target, kind, what) else None

    def define(self, node: Node, what: str) -> str | None:
        """Make sure that the named schema behind `node` is defined; its name, or None after a finding."""
        found = self.type_of(node, what)
        if found is None:
            return None
        if not isinstance(found[0], Named):
            self._refuse(
                "S002",
                node.place,
                f"{what} must be a named record of specs/schemas/",
                "let it be a record that has the value in a field; a list is `items`",
            )
            return None
        return found[0].name

    def _scalar(self, node: Mapping, kind: str, what: str) -> Type | None:
        match kind:
            case "boolean":
                return Bool()
            case "integer":
                return self._integer(node, what)
            case "number":
                return self._float(node, what)
            case "string":
                return self._string(node, what)
            case "array":
                return self._array(node, what)
        return self._map(node, what)

    def _string(self, node: Mapping, what: str) -> Type | None:
        form = text_of(node.get("format"))
        if "contentEncoding" in node.entries:
            if text_of(node.get("contentEncoding")) != "base64":
                self._refuse(
                    "S007",
                    node.keys["contentEncoding"],
                    f"{what} has an unknown contentEncoding",
                    "write base64",
                )
            others = SHAPING - {"maxLength"} | {"format", "multipleOf", "contentMediaType"}
            alone = self._alone(node, "contentEncoding", others, what)
            return Bytes(self._lengths(node, "minLength", "maxLength", what)[1]) if alone else None
        if form == BINARY or "contentMediaType" in node.entries:
            return self._file(node, what)
        if form is not None and form in FORMS:
            others = {"enum", "const"} | ({"multipleOf"} if form != "decimal" else set())
            return self._form(node, form, what) if self._alone(node, "format", others, what) else None
        if form is not None and form not in PLAIN_FORMATS:
            known = sorted({*FORMS, *PLAIN_FORMATS, BINARY})
            fix = meant(form, known, f"use one of {', '.join(known)}")
            self._refuse("S007", node.keys["format"], f"{what} has the unknown format {form!r}", fix)
            return None
        if "multipleOf" in node.entries:
            fix = "remove it, or write `format: decimal`"
            self._refuse("S004", node.keys["multipleOf"], f"{what} has 'multipleOf' and is no number", fix)
            return None
        low, high = self._lengths(node, "minLength", "maxLength", what)
        return String(low, high, self._pattern(node, what), self._const(node, what), form or "")

    def _form(self, node: Mapping, form: str, what: str) -> Type | None:
        kind = replace(FORMS[form], shape=self._shape(node, LENGTHS[form], what))
        return (
            replace(kind, multiple_of=self._power(node, what)) if isinstance(kind, Text) and form == "decimal" else kind
        )

    def _array(self, node: Mapping, what: str) -> Type | None:
        items = node.get("items")
        if not isinstance(items, Mapping):
            self._refuse("S009", node.place, f"{what} has no `items` schema", "add `items:` with one schema")
            return None
        found = self.type_of(items, f"an item of {what}")
        if found is None or self._not_null(found[1], items.place, f"an item of {what}"):
            return None
        low, high = self._lengths(node, "minItems", "maxItems", what)
        return ListOf(found[0], low, high, self._flag(node, "uniqueItems", what))

    def _map(self, node: Mapping, what: str) -> Type | None:
        values = node.get("additionalProperties")
        if not isinstance(values, Mapping):
            self._refuse(
                "S010",
                node.place,
                f"{what} has neither properties nor a schema for its values",
                "write properties, or additionalProperties: {type: string}",
            )
            return None
        found = self.type_of(values, f"a value of {what}")
        if found is None or self._not_null(found[1], values.place, f"a value of {what}"):
            return None
        return MapOf(found[0], self._lengths(node, "minProperties", "maxProperties", what)[1])

    def _not_null(self, nullable: bool, place: Place, what: str) -> bool:
        if nullable:
            self._refuse("S011", place, f"{what} may be null, which protobuf cannot say", "remove 'null'")
        return nullable

    def _choice(self, node: Mapping, word: str, what: str) -> tuple[Type, bool] | None:
        arms = node.get(word)
        found = [arm for arm in arms.items if not self._is_null(arm)] if isinstance(arms, Sequence) else []
        if isinstance(arms, Sequence) and len(arms.items) == 2 and len(found) == 1:
            inner = self._ending(node, what, lambda: self.type_of(found[0], what))
            return (inner[0], True) if inner else None
        if word == "anyOf":
            fix = "write [T, {type: 'null'}], or a union: `oneOf` of records that a constant tells apart"
            self._refuse("S004", node.keys[word], f"{what} uses 'anyOf' for more than null", fix)
            return None
        return self._named(node, what)

    def _around(self, node: Mapping, what: str) -> tuple[Type, bool] | None:
        """`allOf` of one part, where it is no named record: the part's type, of which more is said here than `$ref` may have beside it."""
        parts = node.entries["allOf"]
        only = parts.items[0] if isinstance(parts, Sequence) and len(parts.items) == 1 else None
        if only is None or shared_name(node) is not None:
            return self._named(node, what)
        extra = [key for key in node.entries if key not in {"allOf"} | ANNOTATIONS]
        for key in extra:
            fix = meant(key, ANNOTATIONS, "move it into the schema of allOf")
            self._refuse("S004", node.keys[key], f"{what} has {key!r} beside allOf", fix)
        return None if extra else self._ending(node, what, lambda: self.type_of(only, what))

    def _named(self, node: Mapping, what: str) -> tuple[Type, bool] | None:
        name = shared_name(node)
        if name is None or not is_type_name(name):
            kind = "an enum" if "enum" in node.entries else "a union" if "oneOf" in node.entries else "a record"
            fix = "move it to the top of a file in specs/schemas/ under an UpperCamel name, and $ref it"
            self._refuse("S012", node.place, f"{what} is {kind} without a name", fix)
            return None
        if name in RESERVED or keyword.iskeyword(name):
            self._refuse("S024", node.place, f"the type name {name!r} is taken by the generated code", "rename it")
            return None
        first = self._places.setdefault(name, node.place)
        if first != node.place:
            self._findings.add("S013", node.place, f"the schema {name!r} stands twice", other=(first, "has it first"))
            return None
        if name not in self.definitions:
            self.definitions[name] = Record(name, (), place=node.place)
            self._waiting.append((node, name))
            if not self._is_open:
                self._read_waiting()
        return Named(name), False

    def _read_waiting(self) -> None:
        outside, self._inside, self._is_open = self._inside, set(), True
        while self._waiting:
            node, name = self._waiting.pop()
            self.definitions[name] = self._definition(node, name)
        self._inside, self._is_open = outside, False
        self._unions.settle(self.definitions)

    def _definition(self, node: Mapping, name: str) -> Definition:
        description, notes = text_of(node.get("description")) or "", read_notes(node, self._findings)
        if "enum" in node.entries:
            return Enum(name, read_members(node, name, self._findings), description, node.place, notes)
        if "oneOf" in node.entries:
            return self._union(node, name, description)
        fields = (
            self._ending(node, name, lambda: self._flatten(node, name))
            if "allOf" in node.entries
            else self._fields(node, name)
        )
        return Record(name, fields or (), description, node.place, notes)

    def _union(self, node: Mapping, name: str, description: str) -> Union:
        arms = node.entries["oneOf"]
        records = [self.define(arm, f"an arm of {name}") for arm in arms.items] if isinstance(arms, Sequence) else []
        return self._unions.start(node, name, description, records)

    def _flatten(self, node: Mapping, what: str) -> tuple[Field, ...] | None:
        parts = node.entries["allOf"]
        extra = [key for key in node.entries if key not in {"allOf"} | ANNOTATIONS - {"default", "x-sensitive"}]
        for key in extra:
            self._refuse(
                "S004",
                node.keys[key],
                f"{what} has {key!r} beside allOf",
                "move it into a record of the list",
            )
        if not isinstance(parts, Sequence):
            self._refuse("S001", parts.place, f"allOf of {what} is not a list")
            return None
        fields: list[Field] = []
        for part in parts.items:
            self._open_part(part, len(parts.items), what)
            for one in self.fields_of(part, what) or ():
                first = namesake(fields, one)
                if first is None:
                    fields.append(one)
                elif first != one:
                    message = told_once(first, one, what) or f"{what} has the field {one.member!r} twice"
                    self._findings.add("S016", one.place, message, other=(first.place, "has it too"))
        return tuple(fields)

    def _open_part(self, part: Node, count: int, what: str) -> None:
        """A part that is closed refuses the fields of the others, and so every value that has one."""
        target = self._documents.resolve(part) if count > 1 else None
        others = target.get("additionalProperties") if isinstance(target, Mapping) else None
        if isinstance(target, Mapping) and isinstance(others, Scalar) and others.value is False:
            fix = "remove it: requests are closed anyway"
            message = f"a part of {what} has no others than its own fields, and the other parts have others"
            self._refuse("S029", target.keys["additionalProperties"], message, fix)

    def _fields(self, node: Mapping, what: str) -> tuple[Field, ...]:
        properties = node.get("properties")
        required = node.get("required")
        names = {text_of(item): item for item in required.items} if isinstance(required, Sequence) else {}
        known = set(properties.entries) if isinstance(properties, Mapping) else set()
        for name, item in names.items():
            if name not in known:
                fix = meant(name or "", known, "add it to properties, or take it out of required")
                self._refuse("S017", item.place, f"{what} requires {name!r}, which is not a property", fix)
        if not isinstance(properties, Mapping):
            return ()
        codes = self._members.codes(node, properties, what)
        found = [
            self._built(properties.entries[name], codes[name], f"{what}.{name}", properties.keys[name],
                        required=name in names, json=name)
            for name in codes
        ]  # fmt: skip
        return tuple(one for one in found if one)

    def parameter(
        self, node: Node, name: str, label: str, place: Place, *, required: bool, code: str | None = None
    ) -> Field | None:
        """A field that HTTP carries alone: what is not sent of a list is an empty one. `code` is the name that x-field
        gives: the record has it in JSON, too, where another carrier may have the name on the wire."""
        named = self._members.code(name, code, place, "x-field on the parameter")
        if named is None:
            return None
        found = self._built(node, named, label, place, required=required, json=code or name, absent_is_empty=True)
        if found and found.access == READ:
            self._refuse("S032", place, f"the parameter {label} is readOnly", "remove readOnly: a parameter is sent")
        return found

    def request_fields_of(self, node: Node, what: str) -> tuple[Field, ...] | None:
        """As `fields_of`, without what is only answered."""
        found = self.fields_of(node, what)
        asked = kept(found or (), READ)
        if found and not asked:
            target = self._documents.resolve(node) or node
            self._refuse("S032", target.place, f"nothing is left of {what}", "leave readOnly out of one property")
        return None if found is None else asked

    def asked_notes(self, node: Node | None, notes: Notes) -> Notes:
        """What a schema says of a request of its fields."""
        fields = self.fields_of(node, "the request") if node is not None and notes.examples else ()
        return asked_notes(notes, fields or ())

    def is_enum(self, name: str) -> bool:
        return isinstance(self.definitions.get(name), Enum)

    def _built(
        self,
        node: Node,
        name: str,
        label: str,
        place: Place,
        *,
        required: bool,
        json: str,
        absent_is_empty: bool = False,
    ) -> Field | None:
        found = self.type_of(node, label, may_say=True)
        if found is None:
            return None
        target = self._documents.resolve(node)
        own = target if isinstance(target, Mapping) else None
        is_definition = own is not None and isinstance(found[0], Named) and self._places[found[0].name] == own.place
        description, notes = told((node, None if is_definition else own), self._findings)
        each, each_notes = told((each_of(own, found[0], self._documents),), self._findings)
        default = own.get("default") if own else None
        one = Field(
            name=name,
            type=found[0],
            required=required,
            nullable=found[1],
            has_default=default is not None,
            default=plain(default) if default is not None else None,
            sensitive=bool(own and own.get("x-sensitive")) or getattr(found[0], "form", "") == "password",
            description=description,
            access=self._access(own, label) if own else "",
            place=place,
            json=json if json != name else "",
            notes=notes,
            each=each,
            each_notes=each_notes,
        )
        if absent_is_empty:
            one = empty_when_absent(one)
        unclear = ambiguity(one)
        if unclear:
            self._refuse(unclear.rule, place, f"{label} {unclear.claim}", unclear.fix)
        return None if unclear else one

"""Types as literal JSON Schema for the expanded documents: bounds written out, requests closed, responses open."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

from codegen.ir.notes import Notes
from codegen.ir.operations import Contract
from codegen.ir.patterns import may_hold_nul
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Definition,
    Duration,
    Enum,
    Field,
    File,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    Shape,
    String,
    Text,
    Type,
    Union,
)

Json = dict[str, object]
NO_NUL = "^[^\\u0000]*$"
REF = "#/components/schemas/"


class Spelling:
    """Spells the schemas of one contract; a record that goes both ways has a closed twin `<Name>Input`, or `<Name>_Input` beside a type of
    that name."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def components(self) -> Json:
        """Every named schema, sorted."""
        contract = self._contract
        out: Json = {name: self._definition(contract.definitions[name], closed=False) for name in contract.results}
        for name in contract.inputs:
            definition = contract.definitions[name]
            out[self._name(name, closed=True)] = self._definition(definition, closed=not isinstance(definition, Enum))
        return dict(sorted(out.items()))

    def record(self, fields: Iterable[Field], *, closed: bool) -> Json:
        listed = list(fields)
        out: Json = {"type": "object"}
        if required := [one.member for one in listed if one.required]:
            out["required"] = required
        out["properties"] = {one.member: self.field(one, closed=closed) for one in listed}
        return out | ({"additionalProperties": False} if closed else {})

    def member(self, record: str, name: str) -> Json:
        """The schema of a field of a result, without what is said of it."""
        one = self._contract.record(record).field(name)
        return self.type(one.type, closed=False) if one else {}

    def field(self, one: Field, *, closed: bool) -> Json:
        out = self.type(one.type, closed=closed)
        if one.is_collection:
            word = "items" if isinstance(one.type, ListOf) else "additionalProperties"
            said: Json = {"description": one.each} if one.each else {}
            inner = out[word]
            assert isinstance(inner, dict)
            out |= {word: inner | said | noted(one.each_notes)}
        if one.nullable:
            out = {"oneOf": [out, {"type": "null"}]} if "$ref" in out else out | {"type": [out["type"], "null"]}
        extra: Json = {"description": one.description} if one.description else {}
        if one.has_default:
            extra["default"] = one.default
        extra |= noted(one.notes) | ({"x-sensitive": True} if one.sensitive else {})
        # Draft-07 passes over what stands beside $ref.
        return {"allOf": [out]} | extra if "$ref" in out and extra else out | extra

    def type(self, kind: Type, *, closed: bool) -> Json:
        match kind:
            case Bool():
                return {"type": "boolean"}
            case Int():
                return _given(
                    {
                        "type": "integer",
                        "format": f"int{kind.bits}",
                        "minimum": kind.minimum,
                        "maximum": kind.maximum,
                        "multipleOf": kind.multiple_of,
                    }
                )
            case Float():
                return _number(kind)
            case String():
                return self._string(kind, closed=closed)
            case Text():
                multiples = None if kind.multiple_of is None else multiples_of_ten(kind.multiple_of)
                return _shaped(kind.form, kind.shape, multiples)
            case DateTime():
                return _shaped("date-time", kind.shape)
            case Duration():
                return _shaped("duration", kind.shape)
            case Bytes():
                return _given({"type": "string", "contentEncoding": "base64", "maxLength": kind.max_length})
            case File():
                return {"type": "string", "format": "binary", "maxLength": kind.max_bytes}
            case ListOf():
                items = self.type(kind.item, closed=closed)
                return _given(
                    {
                        "type": "array",
                        "items": items,
                        "minItems": kind.min_items or None,
                        "maxItems": kind.max_items,
                        "uniqueItems": kind.unique_items or None,
                    }
                )
            case MapOf():
                values = self.type(kind.value, closed=closed)
                return _given({"type": "object", "additionalProperties": values, "maxProperties": kind.max_entries})
            case Named():
                return {"$ref": REF + self._name(kind.name, closed=closed)}

    def _string(self, kind: String, *, closed: bool) -> Json:
        if kind.const is not None:
            return {"type": "string", "const": kind.const}
        pattern = kind.pattern or (NO_NUL if closed else None)
        is_open = closed and kind.pattern is not None and may_hold_nul(kind.pattern)
        return _given(
            {
                "type": "string",
                "format": kind.form or None,
                "minLength": kind.min_length or None,
                "maxLength": kind.max_length,
                "pattern": pattern,
                "allOf": [{"pattern": NO_NUL}] if is_open else None,
            }
        )

    def _name(self, name: str, *, closed: bool) -> str:
        both = name in self._contract.inputs and name in self._contract.results
        is_enum = isinstance(self._contract.definitions[name], Enum)
        twin = f"{name}Input" if f"{name}Input" not in self._contract.definitions else f"{name}_Input"
        return twin if closed and both and not is_enum else name

    def _definition(self, definition: Definition, *, closed: bool) -> Json:
        described: Json = {"description": definition.description} if definition.description else {}
        described |= noted(definition.notes)
        if isinstance(definition, Record):
            return described | self.record(definition.fields, closed=closed)
        if isinstance(definition, Enum):
            values = [value for _, value in definition.members]
            kind: Json = {"type": "string"} if definition.is_text else {"type": "integer", "format": "int32"}
            return described | kind | {"enum": values}
        return described | self._union(definition, closed=closed)

    def _union(self, union: Union, *, closed: bool) -> Json:
        names = {tag: REF + self._name(record, closed=closed) for tag, record in union.arms}
        return {
            "oneOf": [{"$ref": name} for name in names.values()],
            "discriminator": {"propertyName": union.tag_member, "mapping": names},
        }


def noted(notes: Notes) -> Json:
    """What a schema says to readers, in words of both drafts' tools."""
    out: Json = {"deprecated": True} if notes.deprecated else {}
    out |= {"x-sunset": notes.sunset} if notes.sunset else {}
    out |= {"examples": notes.values} if notes.examples else {}
    return out | linked(notes)


def linked(notes: Notes) -> Json:
    docs = notes.external_docs
    if docs is None:
        return {}
    return {"externalDocs": {"url": docs.url} | ({"description": docs.description} if docs.description else {})}


def used(schemas: Json, *roots: object) -> Json:
    """The schemas that `roots` refer to, directly or through each other."""
    found: set[str] = set()
    waiting: list[object] = list(roots)
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, str) and value.startswith(REF) and value not in found:
            found.add(value)
            waiting.append(schemas.get(value.removeprefix(REF)))
    return {name: schema for name, schema in schemas.items() if REF + name in found}


def draft07(value: object) -> object:
    """The same schema with AsyncAPI's string discriminator."""
    if isinstance(value, list):
        return [draft07(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {key: draft07(item) for key, item in value.items()}
    discriminator = out.get("discriminator")
    if isinstance(discriminator, dict):
        out["discriminator"] = discriminator["propertyName"]
    return out


def printed(document: Json) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _shaped(form: str, shape: Shape | None, multiples: str | None = None) -> Json:
    """A form with what bounds its text; of two patterns the second stands apart."""
    own = shape or Shape()
    patterns = [one for one in (own.pattern, multiples) if one is not None]
    return _given(
        {
            "type": "string",
            "format": form,
            "minLength": own.min_length or None,
            "maxLength": own.max_length,
            "pattern": patterns[0] if patterns else None,
            "allOf": [{"pattern": one} for one in patterns[1:]] or None,
        }
    )


def _number(kind: Float) -> Json:
    return _given(
        {
            "type": "number",
            "format": "double",
            "minimum": kind.minimum,
            "exclusiveMinimum": kind.exclusive_minimum,
            "maximum": kind.maximum,
            "exclusiveMaximum": kind.exclusive_maximum,
            "multipleOf": kind.multiple_of,
        }
    )


def multiples_of_ten(step: str) -> str:
    """The decimals that are multiples of a power of ten, as text: JSON Schema judges multiples of numbers alone."""
    power = Decimal(step).adjusted()
    if power > 0:
        return rf"^-?(?:0|[1-9][0-9]*0{{{power}}})(?:\.0+)?$"
    places = rf"[0-9]{{1,{-power}}}0*" if power < 0 else "0+"
    return rf"^-?(?:0|[1-9][0-9]*)(?:\.{places})?$"


def _given(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if value is not None}

"""Each keyword is broken, and by what lies next to what it allows."""

from __future__ import annotations

from typing import Any

import pytest

from proof.documents import Json, judge
from proof.faults import OTHERS, WRONG, broken, types_of

DOCUMENT: Json = {"asyncapi": "3.0.0", "components": {}}
KEYWORDS: list[tuple[str, Json, Any, Any]] = [
    ("minimum", {"type": "integer", "minimum": 3}, 3, 2),
    ("maximum", {"type": "integer", "maximum": 3}, 3, 4),
    ("exclusiveMinimum", {"type": "integer", "exclusiveMinimum": 3}, 4, 3),
    ("exclusiveMaximum", {"type": "integer", "exclusiveMaximum": 3}, 2, 3),
    ("multipleOf", {"type": "integer", "multipleOf": 5}, 10, 11),
    ("minLength", {"type": "string", "minLength": 3}, "abc", "ab"),
    ("maxLength", {"type": "string", "maxLength": 3}, "abc", "abca"),
    ("pattern", {"type": "string", "pattern": "^[a-z]+$"}, "abc", "abc\n"),
    ("enum", {"type": "string", "enum": ["a", "b"]}, "a", "ax"),
    ("const", {"const": "a"}, "a", "ax"),
    ("minItems", {"type": "array", "items": {}, "minItems": 1}, [1], []),
    ("maxItems", {"type": "array", "items": {}, "maxItems": 1}, [1], [1, 1]),
    ("uniqueItems", {"type": "array", "items": {}, "uniqueItems": True}, [1], [1, 1]),
    ("required", {"type": "object", "required": ["a"]}, {"a": 1, "b": 2}, {"b": 2}),
    ("additionalProperties", {"type": "object", "additionalProperties": False}, {}, {"no_such_member": 1}),
    ("maxProperties", {"type": "object", "maxProperties": 1}, {"a": 1}, {"a": 1, "k0": 1, "k1": 1}),
    ("type", {"type": "string"}, "a", None),
]


@pytest.mark.parametrize(("keyword", "schema", "value", "beside"), KEYWORDS, ids=[one[0] for one in KEYWORDS])
def test_a_keyword_is_broken_by_what_is_next_to_it(keyword: str, schema: Json, value: Any, beside: Any) -> None:
    judged = judge(DOCUMENT, schema)
    assert judged.is_valid(value)
    assert not judged.is_valid(beside)
    assert (keyword, beside) in list(broken(schema, value))


@pytest.mark.parametrize("name", WRONG)
def test_every_wrong_text_of_a_format_is_one(name: str) -> None:
    judged = judge(DOCUMENT, {"type": "string", "format": name})
    assert [one for one in WRONG[name] if judged.is_valid(one)] == []


@pytest.mark.parametrize("kind", OTHERS)
def test_every_value_of_another_type_is_one(kind: str) -> None:
    judged = judge(DOCUMENT, {"type": kind})
    assert [one for one in OTHERS[kind] if judged.is_valid(one)] == []


def test_null_is_a_fault_where_it_is_no_type() -> None:
    assert ("type", None) in list(broken({"type": "string"}, "a"))
    assert ("type", None) not in list(broken({"type": ["string", "null"]}, "a"))


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [({}, ["string"]), ({"properties": {}}, ["object"]), ({"items": {}}, ["array"]), ({"type": ["null", "integer"]}, ["null", "integer"])],
)  # fmt: skip
def test_a_schema_without_a_type_has_that_of_its_keywords(schema: Json, kinds: list[str]) -> None:
    assert types_of(schema) == kinds

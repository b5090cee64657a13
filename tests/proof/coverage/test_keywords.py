"""Every keyword of a schema is found with its place, and of a value it is told which it kept and which it broke."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proof.coverage.keywords import Keywords
from proof.documents import judge

DOCUMENT: dict[str, Any] = {
    "asyncapi": "3.0.0",
    "components": {
        "schemas": {
            "Tree": {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}, "maxProperties": 1},
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer", "maximum": 9}}},
            "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}}},
        }
    },
}  # fmt: skip
KEYWORDS = Keywords(DOCUMENT)
CASES: list[tuple[dict[str, Any], Any, tuple[str, str], bool]] = [
    ({"type": "string", "maxLength": 2}, "ab", ("", "maxLength"), True),
    ({"type": "string", "maxLength": 2}, "abc", ("", "maxLength"), False),
    ({"type": "string", "format": "uuid"}, "no", ("", "format"), False),
    ({"type": "string", "format": "duration"}, "PT1S", ("", "format"), True),
    ({"type": "integer", "format": "int32"}, 2**31, ("", "format"), False),
    ({"type": "integer", "format": "int64"}, 2**31, ("", "format"), True),
    ({"type": ["integer", "null"], "minimum": 1}, 0, ("", "minimum"), False),
    ({"type": ["integer", "null"], "minimum": 1}, None, ("", "type"), True),
    ({"type": "string", "contentEncoding": "base64"}, "***", ("", "contentEncoding"), False),
    ({"enum": ["a"]}, "b", ("", "enum"), False),
    ({"type": "array", "items": {"type": "string", "minLength": 1}}, ["a", ""], ("/*", "minLength"), False),
    ({"type": "array", "uniqueItems": True}, [1, 1], ("", "uniqueItems"), False),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": "b"}, ("/*", "type"), False),
    ({"type": "object", "properties": {"a~/b": {"type": "null"}}}, {"a~/b": 1}, ("/a~0~1b", "type"), False),
    ({"type": "object", "properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, ("", "additionalProperties"), True),
    ({"type": "object", "properties": {"a": {}}, "additionalProperties": False}, {"b": 1}, ("", "additionalProperties"), False),
    ({"type": "object", "required": ["a"]}, {}, ("", "required"), False),
    ({"allOf": [{"type": "string", "pattern": "^a"}], "default": "a"}, "b", ("", "pattern"), False),
    ({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}, {"kind": "cow"}, ("", "oneOf"), False),
    ({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]}, {"kind": "cat", "lives": 9}, ("/lives", "maximum"), True),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "value", "place", "is_kept"), CASES, ids=lambda one: str(one)[:60])
def test_a_keyword_is_kept_or_broken_where_it_stands(
    schema: dict[str, Any], value: Any, place: tuple[str, str], is_kept: bool
) -> None:
    assert place in KEYWORDS.said(schema)
    assert (*place, is_kept) in KEYWORDS.tried(schema, value)
    assert (*place, not is_kept) not in KEYWORDS.tried(schema, value) or place[0] == "/*"


def test_a_keyword_says_nothing_to_a_value_of_another_type() -> None:
    tried = KEYWORDS.tried({"type": "string", "maxLength": 2}, 7)
    assert tried == {("", "type", False)}


def test_a_schema_that_holds_itself_is_followed_once() -> None:
    tree = {"$ref": "#/components/schemas/Tree"}
    assert KEYWORDS.said(tree) == [("", "type"), ("", "maxProperties")]
    assert ("/child/child", "maxProperties", False) in KEYWORDS.tried(tree, {"child": {"child": {"a": 1, "b": 2}}})


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from([case[0] for case in CASES]), st.data())
def test_what_a_validator_takes_breaks_nothing_and_what_it_refuses_breaks_something(
    schema: dict[str, Any], data: st.DataObject
) -> None:
    value = data.draw(st.sampled_from([case[1] for case in CASES]))
    is_broken = any(not is_kept for _, _, is_kept in KEYWORDS.tried(schema, value))
    assert is_broken != judge(DOCUMENT, schema).is_valid(value) or "int" in str(schema.get("format"))

"""The table of what the language carries agrees with the compiler that reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen.importer.carried import FORMATS, KEYWORDS, alternatives, are_lengths, are_members, is_member, is_pattern
from codegen.parse import keywords
from tests.codegen.importer.documents import answers, imported, openapi

VALUES = {"minLength": 1, "maxLength": 9, "pattern": "^a", "const": "a", "contentEncoding": "base64", "minimum": 1, "maximum": 9,
          "minItems": 1, "maxItems": 9, "uniqueItems": True, "exclusiveMinimum": 0, "exclusiveMaximum": 10, "multipleOf": 2}  # fmt: skip


def test_every_keyword_of_the_table_is_one_of_the_compiler_s() -> None:
    kinds = {"map": "object", "record": "object"}
    for kind, carried in KEYWORDS.items():
        assert carried <= keywords.KEYWORDS[kinds.get(kind, kind)]
    assert {*keywords.FORMS, *keywords.PLAIN_FORMATS} == FORMATS


@pytest.mark.parametrize("kind", ["string", "integer", "number", "array"])
def test_every_keyword_of_the_table_arrives_and_compiles(tmp_path: Path, kind: str) -> None:
    base = {"items": {"type": "string"}} if kind == "array" else {}
    fields = {
        f"field_{number}": {"type": kind, key: VALUES[key], **base} for number, key in enumerate(sorted(KEYWORDS[kind]))
    }
    thing = {"type": "object", "required": list(fields), "properties": fields}
    found = imported(tmp_path, openapi({"/things": {"get": {"responses": answers(thing)}}}))
    assert found.files
    text = "".join(found.files[name] for name in found.files if name.startswith("schemas/things"))
    assert all(f"{key}: " in text for key in KEYWORDS[kind])


def test_texts_that_have_a_name_are_members() -> None:
    assert [one for one in ("open", "OPEN", "on-the-way", "text/html", "1d", "", "+", "unspecified", "UNSPECIFIED") if is_member(one)] == [
        "open", "OPEN", "on-the-way", "text/html", "1d", "", "+",
    ]  # fmt: skip


def test_members_whose_names_are_one_are_no_enum() -> None:
    assert are_members(["a", "b/c"])
    assert not are_members(["NO", "no"])
    assert not are_members(["a.b", "a_b"])


def test_lengths_beside_a_form_leave_one_of_its_texts() -> None:
    assert are_lengths("uuid", 0, 36)
    assert not are_lengths("uuid", 0, 20)
    assert not are_lengths("", 3, 2)


def test_a_pattern_that_looks_around_is_not_carried() -> None:
    assert is_pattern(r"^[A-Z]{3}-\d+$")
    assert not is_pattern(r"^(?=.{13}$)9")


def test_alternatives_take_exactly_their_texts() -> None:
    members = ["text/html", "a+b", "", "1.5", "(x)", "a|b", "\\"]
    pattern = alternatives(members)
    assert is_pattern(pattern)
    assert all(re.search(pattern, one) for one in members)
    assert not any(re.search(pattern, one) for one in ("texthtml", "1x5", "a", "x"))

"""No text of a contract leaves its literal or its comment, and no number its meaning."""

from __future__ import annotations

import pytest

from codegen.emit.typescript_client.text import comment, entries, key, literal, module, quoted, tag


@pytest.mark.parametrize(
    ("text", "written"),
    [("a", '"a"'), ('"', '"\\""'), ("\u2028", '"\\u2028"'), ("`${x}`", '"`${x}`"'), ("\u202e", '"\\u202e"')],
)
def test_texts_are_ascii(text: str, written: str) -> None:
    assert quoted(text) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2**53 - 1, "9007199254740991"),
        (2**53, '"9007199254740992"'),
        (-(2**63), '"-9223372036854775808"'),
        ([1, "a", None, True], '[1, "a", null, true]'),
        ({"a": 1, "b c": 2, "__proto__": 3}, '{a: 1, "b c": 2, ["__proto__"]: 3}'),
    ],
)
def test_a_literal_is_the_value_s_json_form(value: object, written: str) -> None:
    assert literal(value) == written


def test_a_key_sets_no_prototype() -> None:
    assert [key(name) for name in ("a", "own-van", "1", "__proto__")] == ["a", '"own-van"', '"1"', '["__proto__"]']


def test_what_has_no_value_is_left_out() -> None:
    assert entries([("a", "1"), ("b", None)]) == "{ a: 1 }"
    assert entries([]) == "{}"


def test_a_comment_cannot_be_ended_and_has_no_tags_of_its_own() -> None:
    assert comment(["a */ b"]) == ["/** a *\\/ b */"]
    assert comment(["@deprecated {@link x} a@b"]) == ["/** \\@deprecated {\\@link x} a@b */"]
    assert comment(["a\nb\u2028c\x1b"], "  ") == ["  /** a b c */"]
    assert comment(["", ""]) == []


def test_long_comments_are_wrapped_and_tags_stand_last() -> None:
    lines = comment(["word " * 40], tags=[tag("deprecated", "")])
    assert lines[0] == "/**"
    assert lines[-2:] == [" * @deprecated", " */"]
    assert max(map(len, lines)) <= 113


def test_a_module_says_that_it_is_generated() -> None:
    assert module("a.ts", "What.", ["x", ""]).data == b"/** What. Generated; do not edit. */\n\nx\n"

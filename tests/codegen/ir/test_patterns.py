"""A pattern means in Rust's engine what ECMA-262 says, or it is refused with the part that is not understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.ir.patterns import Untranslatable, matches, may_hold_nul, rust


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"^\d+$", "09", "\u0663"),
        (r"^\w+$", "a_9", "é"),
        (r"^\s$", "\ufeff", "\x85"),
        (r"^[\s\d]$", "\u2003", "x"),
        (r"^\D$", "\u0663", "3"),
        (r"^[^\D]$", "3", "\u0663"),
        (r"^[\W_]$", "é", "a"),
        (r"^.$", "a", "\u2028"),
        (r"^a.c$", "a\0c", "a\nc"),
        (r"^a$", "a", "a\n"),
        (r"\bcat\b", "écat", "concat"),
        (r"^[[a&&b~~-]$", "&", "c"),
        (r"^[+--]$", ",", "."),
        (r"^[\]^-]$", "^", "a"),
        (r"^[\b]$", "\b", "b"),
        (r"^\u0041\x42\u{1F600}$", "AB😀", "AB"),
        (r"^\uD83D\uDE00$", "😀", "x"),
        (r"^(?<year>\d{4})(?:-\d\d)?$", "2024-01", "24"),
        (r"^a{2,}?b$", "aab", "ab"),
        (r"^\p{Lu}$", "É", "é"),
        (r"^\-\/\.$", "-/.", "-/x"),
        (r"cd", "abcde", "c d"),
    ],
)
def test_a_pattern_means_what_ecma_262_says(pattern: str, yes: str, no: str) -> None:
    assert matches(pattern, yes)
    assert not matches(pattern, no)


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(?=a)", "looks around"), ("(?<!a)b", "looks around"), (r"(a)\1", "looks back"), (r"^a\Z", "no escape"),
        (r"\Aa", "no escape"), ("(?>a)", "no group"), ("(?i)a", "no group"), ("a++", "repeats"), ("a**", "repeats"),
        ("[a", "escaped or closed"), ("a{", "escaped or closed"), ("]", "escaped or closed"), (r"\uD800", "no character"),
        ("[]", "empty set"), ("(a", "error"), ("a)", "error"), ("*a", "error"), ("[z-a]", "error"), ("a{3,1}", "error"), ("\\", "escaped or closed"),
        ("(a{1000}){1000}", "size limit"), (r"\p{Nonsense}", "error"), ("", None), ("a|", None),
    ],
)  # fmt: skip
def test_what_has_no_translation_is_refused_and_the_part_is_named(pattern: str, part: str | None) -> None:
    if part is None:
        assert matches(pattern, "anything")
    else:
        with pytest.raises(Untranslatable, match=part):
            rust(pattern)


@given(st.text(alphabet=r"ab0-9[]^$\dDwWsSbuxpP{}(),|?*+.&~#:<>=! ", max_size=12))
def test_any_text_is_a_pattern_or_is_refused(pattern: str) -> None:
    try:
        translated = rust(pattern)
    except Untranslatable as error:
        assert str(error)
    else:
        assert isinstance(translated, str)
        assert matches(pattern, "\0") <= may_hold_nul(pattern)


@pytest.mark.parametrize(
    ("pattern", "may"),
    [(r"^[a-z]+$", False), (r"^[0-9\-]$", True), ("^.$", True), ("a", True), ("^[^a]$", True), ("^a$|b", True)],
)
def test_a_pattern_without_nul_is_known_where_it_is_obvious(pattern: str, may: bool) -> None:
    assert may_hold_nul(pattern) is may

"""Edits insert and never delete; equal ones count once."""

from __future__ import annotations

from codegen.edits import BODY, END, HEADER, Edit, apply, diff


def test_text_is_inserted_at_its_place_and_the_rest_stays() -> None:
    edits = [Edit("a", 2, 3, "X"), Edit("a", 1, 1, "0\n")]
    assert apply(edits, {"a": "one\ntwo # kept\n"}) == {"a": "0\none\ntwXo # kept\n"}


def test_a_new_file_is_written_by_phase() -> None:
    edits = [
        Edit("a", END, 1, "body\n", BODY),
        Edit("a", END, 1, "head\n", HEADER),
        Edit("a", END, 1, "head\n", HEADER),
    ]
    assert apply(edits, {}) == {"a": "head\nbody\n"}


def test_a_last_line_without_an_end_gets_one() -> None:
    assert apply([Edit("a", END, 1, "two\n")], {"a": "one"}) == {"a": "one\ntwo\n"}


def test_the_diff_shows_what_comes_in() -> None:
    assert diff({"a": "one\n"}, {"a": "one\ntwo\n"}).splitlines()[-1] == "+two"


def test_lines_end_as_those_of_the_file_do() -> None:
    assert apply([Edit("a", 2, 1, "x\n"), Edit("a", END, 1, "z\n")], {"a": "one\r\ntwo\r\n"}) == {
        "a": "one\r\nx\r\ntwo\r\nz\r\n"
    }


def test_a_line_ends_where_parsers_end_it() -> None:
    """YAML has five ends of a line, of which proto knows one."""
    text = "one \u2028 still\ntwo\n"
    assert apply([Edit("a.proto", 2, 1, "x\n")], {"a.proto": text}) == {"a.proto": "one \u2028 still\nx\ntwo\n"}
    assert apply([Edit("a.yaml", 3, 1, "x\n")], {"a.yaml": text}) == {"a.yaml": "one \u2028 still\nx\ntwo\n"}
    assert apply([Edit("a.yaml", 2, 1, "x\n")], {"a.yaml": "one\rtwo\r"}) == {"a.yaml": "one\rx\rtwo\r"}


def test_edits_of_one_place_are_separated() -> None:
    edits = [Edit("a", 1, 2, "b", between=", "), Edit("a", 1, 2, "c", between=", ")]
    assert apply(edits, {"a": "[]"}) == {"a": "[b, c]\n"}

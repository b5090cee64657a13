"""A line is read as it was written, and what is no line is said with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proof.documents import DocumentError
from proof.traffic import lines
from proof.traffic.lines import (
    Answer,
    Begin,
    Body,
    Caller,
    Closed,
    Credential,
    End,
    Exchange,
    Frame,
    Line,
    Opened,
    read,
    written,
)

TEXT = st.text()
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXT),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(TEXT, inner)),
    max_leaves=5,
)
BODIES = st.builds(
    Body, st.sampled_from(["none", "json", "protobuf", "unreadable", "left-out"]), VALUES, TEXT, st.integers(0)
)
CREDENTIALS = st.builds(Credential, st.sampled_from(["", "header", "frame"]), TEXT, st.booleans())
SECONDS = st.floats(0, 1e6)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=2)
ANSWERS = st.builds(Answer, st.integers(100, 599), PAIRS, BODIES)
LINES: st.SearchStrategy[Line] = st.one_of(
    st.builds(Begin, TEXT, TEXT),
    st.builds(Caller, TEXT, st.lists(TEXT)),
    st.builds(
        Exchange,
        SECONDS,
        SECONDS,
        TEXT,
        TEXT,
        TEXT,
        st.dictionaries(TEXT, VALUES),
        PAIRS,
        PAIRS,
        CREDENTIALS,
        BODIES,
        ANSWERS,
    ),
    st.builds(
        Opened, SECONDS, SECONDS, TEXT, TEXT, PAIRS, PAIRS, st.lists(TEXT), CREDENTIALS, TEXT, st.none() | ANSWERS
    ),
    st.builds(Frame, SECONDS, TEXT, st.booleans(), BODIES, CREDENTIALS),
    st.builds(Closed, SECONDS, TEXT, st.sampled_from(["client", "service"]), st.integers(1000, 4999)),
    st.builds(End, SECONDS, TEXT),
)


@given(LINES)
def test_a_line_is_read_as_it_was_written(line: Line) -> None:
    text = written(line)
    assert text.isascii()
    assert "\n" not in text
    assert lines._line(text, "here") == line


def test_what_says_nothing_is_not_written() -> None:
    assert json.loads(written(Closed(1.5, "socket-1", "client", 1000))) == {
        "kind": "closed", "at_s": 1.5, "socket": "socket-1", "by": "client", "code": 1000,
    }  # fmt: skip
    assert set(json.loads(written(Exchange(0.0, 0.1, "GET", "/a")))) == {"kind", "at_s", "took_s", "method", "path"}


def test_a_last_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "traffic"
    whole = written(End(1.0, "why"))
    file.write_text(f"{whole}\n{whole[:-3]}")
    assert list(read(file)) == [End(1.0, "why")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "traffic:2: is no line"),
        ("5", "traffic:2: is no line"),
        ('{"kind": "nothing"}', "traffic:2: is no line"),
        ('{"kind": "closed", "at_s": "late"}', "traffic:2: is no line"),
        ('{"kind": "begin", "service": "", "at": "", "version": 9}', "of version 9"),
    ],
)
def test_what_is_no_line_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "traffic"
    file.write_text(f"{written(End(1.0, 'why'))}\n{text}\n")
    with pytest.raises(DocumentError, match=said):
        list(read(file))


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="No such file"):
        list(read(tmp_path / "nothing"))

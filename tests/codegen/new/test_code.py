"""Code is added to what is there without changing a line of it, and what has another form is refused."""

from __future__ import annotations

import difflib

import pytest

from codegen.diagnostics import Refused
from codegen.new.code import with_method
from codegen.new.operation import NewOperation
from tests.codegen.contracts import ROOT

HANDLER = (ROOT / "app" / "features" / "artists" / "handler.py").read_text()


def removed(old: str, new: str) -> list[str]:
    return [line[2:].strip() for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line.startswith("- ")]


def test_a_method_goes_to_the_end_of_the_class() -> None:
    text = with_method(HANDLER, NewOperation("archive_artist", "artists", result="Artist"))
    assert removed(HANDLER, text) == []
    assert text.index("archive_artist is not") < text.index("\ndef ")


def test_a_handler_without_a_class_is_refused() -> None:
    with pytest.raises(Refused, match="no class"):
        with_method('"""Nothing."""\n', NewOperation("archive_artist", "artists"))

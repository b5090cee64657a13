"""A method goes with its decorators, and a feature's tables are known by their names."""

from __future__ import annotations

import re

from codegen.registration import ServiceCode
from codegen.remove.code import mentions, tables_of, without_method
from tests.codegen.contracts import ROOT

CODE = ServiceCode(ROOT / "app" / "features")


def test_a_method_goes_and_nothing_else() -> None:
    text = CODE.of("artists", "handler.py").read_text()
    left = without_method(text, "get_artist")
    gone = [line for line in text.splitlines() if line not in left.splitlines()]
    assert gone[0].startswith("    async def get_artist(self")
    assert left.count("@override") == text.count("@override") - 1
    assert "def get_artists(" in left


def test_tables_and_mentions_are_found() -> None:
    assert tables_of(CODE, "artists") == ["artist"]
    assert tables_of(CODE, "system") == []
    assert "app/product.py" in mentions(CODE, re.compile(r"features\.artists"))

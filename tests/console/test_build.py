"""The console that is committed is the one that its sources build, it is small, and it knows no contract."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from tests.node import ROOT, TSC, install, judge

SOURCE = ROOT / "app" / "console" / "source"
STATIC = ROOT / "app" / "console" / "static"
BUDGET = 150_000
"""Bytes, compressed, of all that a browser loads."""
PRODUCT = re.compile("artist|author(?!iz)", re.IGNORECASE)
"""Of the contracts that there are here."""


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def test_a_fresh_build_is_what_is_committed(tmp_path: Path) -> None:
    verdict = judge(install(SOURCE), SOURCE / "build.mjs", tmp_path)
    assert verdict.accepted, verdict.text
    assert contents(tmp_path) == contents(STATIC), "run `make console`"


def test_its_types_hold() -> None:
    install(SOURCE)
    verdict = judge(install(), TSC, "--project", SOURCE)
    assert verdict.accepted, verdict.text


def test_it_is_within_its_budget() -> None:
    sizes = {name: len(gzip.compress(data, 9)) for name, data in contents(STATIC).items()}
    assert sum(sizes.values()) <= BUDGET, sizes
    print(f"console: {sum(sizes.values())} bytes compressed")


def test_nothing_of_a_contract_is_in_it() -> None:
    told = {name: data.decode() for name, data in contents(STATIC).items() if name != "licences.txt"}
    assert {name: PRODUCT.findall(text) for name, text in told.items() if PRODUCT.search(text)} == {}


def test_each_package_is_pinned_by_its_hash_and_by_no_address() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert [name for name, one in packages.items() if "resolved" in one] == []


def test_no_source_is_longer_than_a_module_may_be() -> None:
    sources = [
        one for one in SOURCE.rglob("*.*") if one.suffix in {".ts", ".tsx", ".css"} and "node_modules" not in one.parts
    ]
    assert [one.name for one in sources if len(one.read_text().splitlines()) > 400] == []

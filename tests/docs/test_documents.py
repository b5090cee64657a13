"""What docs/ says of the tree and of the contract is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from app.readings import known
from app.telemetry.metrics.metrics import Metrics
from generated.errors import CloseCode

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TEXT = {path.relative_to(DOCS).as_posix(): path.read_text() for path in sorted(DOCS.rglob("*.md"))}
OWN_PATH = re.compile(r"`((?:[a-z_]+/)*[a-z_]+(?:\.py|\.yaml|\.json|/))`")


def test_the_table_of_close_codes_is_the_contract_s() -> None:
    table = re.findall(r"^\| (4\d{3}) \| (\w+) \|", TEXT["wire.md"], re.MULTILINE)
    contract = yaml.safe_load((ROOT / "specs" / "errors.yaml").read_text())["close"]
    assert {name: int(code) for code, name in table} == contract
    assert {one.name.lower(): int(one) for one in CloseCode} == contract


@pytest.mark.parametrize("name", sorted(TEXT))
def test_every_path_that_a_document_names_exists(name: str) -> None:
    named = set(OWN_PATH.findall(TEXT[name]))
    roots = (ROOT, ROOT / "app", ROOT / "codegen", ROOT / "app" / "features" / "artists")
    assert {one for one in named if not any((root / one).exists() for root in roots)} == set()


def test_every_metric_that_a_document_names_is_exposed() -> None:
    metrics = Metrics(known())
    exposed = metrics.render().decode()
    named = {one for text in TEXT.values() for one in re.findall(r"\bstele_(?!client\b)[a-z_]+\b", text)}
    assert named
    assert {one for one in named if one not in exposed} == set()

"""Of every feature nothing stays in the contract but the vocabulary, and what others refer to stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.pipeline import load
from codegen.remove.scripts import take_out
from tests.codegen.contracts import CORPUS, ROOT, compose, shipped


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    return tmp_path / "specs"


@pytest.mark.parametrize("feature", shipped().features)
def test_each_feature_goes_and_the_rest_agrees(specs: Path, feature: str) -> None:
    contract = shipped()
    names = {one.name for one in contract.operations if one.feature == feature}
    names |= {one.name for one in contract.events if one.feature == feature}
    take_out(specs, names, {feature})
    loaded = load(specs)
    assert not len(loaded.findings), loaded.report()
    assert set(loaded.contract.features) == set(contract.features) - {feature}
    assert [
        path.stem
        for folder in ("http", "packages", "proto")
        for path in (specs / folder).iterdir()
        if path.stem == feature
    ] == []


def test_a_schema_that_nobody_used_before_stays(specs: Path) -> None:
    schema = specs / "schemas" / "artist.yaml"
    schema.write_text(schema.read_text() + "ArtistDraft: {type: string}\n")
    take_out(specs, {"get_paginated_artists"}, set())
    text = schema.read_text()
    assert "ArtistDraft" in text
    assert "ArtistPageQuery" not in text
    assert "ArtistList" in text


@pytest.mark.parametrize("name", ["chat", "shop", "document", "telemetry"])
def test_each_operation_of_other_contracts_goes_too(tmp_path: Path, name: str) -> None:
    """A third of them, one after the other, until a contract with fewer is left that agrees; events that they publish go along."""
    specs = compose(name, tmp_path, CORPUS)
    contract = load(specs).contract
    gone = {one.name for one in contract.operations[::3]} | {one.name for one in contract.events}
    kept = [one for one in contract.operations if one.name not in gone and not one.publishes]
    gone |= {one.name for one in contract.operations if one.publishes}
    take_out(specs, gone, set())
    loaded = load(specs)
    assert {one.name for one in loaded.contract.operations} == {one.name for one in kept}
    assert {one.rule for one in loaded.findings} <= {"N006", "V009"}, loaded.report()

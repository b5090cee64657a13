"""Examples, deprecation and links of schemas, parameters, media types and operations arrive where readers look."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.notes import ExternalDocs
from codegen.ir.operations import Contract
from tests.codegen.contracts import contract_of, edited, rules

NOTE = "note: {type: [string, 'null'], default: null"


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return contract_of("p80_annotations", tmp_path_factory.mktemp("annotations"))


def test_a_schema_says_its_examples_and_where_more_is_written(contract: Contract) -> None:
    thing = contract.record("Thing")
    assert thing.notes.deprecated
    assert len(thing.notes.examples) == 1
    assert thing.notes.external_docs == ExternalDocs("https://example.org/things", "All of it.")
    old, count = thing.field("old"), thing.field("count")
    assert old
    assert old.notes.deprecated
    assert old.notes.sunset == "2030-01-01"
    assert count
    assert count.notes.values == [5]


def test_a_collection_says_of_its_values_what_their_type_cannot(contract: Contract) -> None:
    """Part's notes are texts, which have no name; the levels of a thing have one, and speak for themselves."""
    notes, levels = contract.record("Part").field("notes"), contract.record("Thing").field("levels")
    assert notes
    assert (notes.each, notes.each_notes.values) == ("What was seen", ["dust"])
    assert levels
    assert (levels.each, levels.each_notes.values) == ("", [])


def test_a_nullable_reference_says_its_own_and_a_plain_one_its_type_s(contract: Contract) -> None:
    part, shape = contract.record("Thing").field("part"), contract.record("Thing").field("shape")
    assert part
    assert part.notes.deprecated
    assert part.description == "Use parts"
    assert shape
    assert not shape.notes.examples
    assert contract.definitions["Shape"].notes.examples


def test_parameters_and_media_types_say_theirs(contract: Contract) -> None:
    found, sent = contract.operations
    name, count = found.request.field("name"), found.request.field("x_count")
    assert name
    assert name.notes.deprecated
    assert len(name.notes.examples) == 2
    assert count
    assert count.notes.values == [3]
    assert sent.http
    assert len(sent.http.body_notes.examples) == 2
    assert len(sent.http.answers) == 1
    assert sent.notes.tags == ("Kept things", "things")
    assert sent.notes.external_docs
    assert len(sent.request.notes.examples) == 1


@pytest.mark.parametrize(
    "docs",
    [
        "{}",
        "{url: 5}",
        "{url: ' '}",
        "{url: 'https://example.org', link: a}",
        "{url: 'https://example.org', description: 5}",
    ],
)
def test_a_link_that_leads_nowhere_is_a_finding(tmp_path: Path, docs: str) -> None:
    edit = ("schemas/things.yaml", NOTE, f"{NOTE}, externalDocs: {docs}")
    assert "S031" in rules(edited(tmp_path, edit, case="p51_everything"))


def test_an_example_is_any_value_and_a_list_of_examples_is_a_list(tmp_path: Path) -> None:
    good = ("schemas/things.yaml", NOTE, f"{NOTE}, example: a, examples: [null]")
    assert not rules(edited(tmp_path / "good", good, case="p51_everything"))
    bad = ("schemas/things.yaml", NOTE, f"{NOTE}, examples: a")
    assert rules(edited(tmp_path / "bad", bad, case="p51_everything")) == {"F003"}

"""The report of an import: every loss with its place, and the counts at the end."""

from __future__ import annotations

import json

from codegen.diagnostics import MAX_FINDINGS, Place
from codegen.importer.losses import KEYWORD, WIRE_NAME, Losses


def place(line: int) -> Place:
    return Place("api.yaml", line, 3)


def losses() -> Losses:
    found = Losses(total=3)
    found.add(KEYWORD, place(2), "'if' of Pet is left out", "check it in the handler")
    found.add(WIRE_NAME, place(1), "Pet.petId is called 'pet_id'", "clients use that name")
    found.lose("GET /pets", place(4), "it has no success", "write one")
    return found


def test_text_ends_with_the_counts() -> None:
    assert losses().render("text", {}) == (
        "api.yaml:1:3 changed[I011] Pet.petId is called 'pet_id'\n   = do: clients use that name\n"
        "api.yaml:2:3 lost[I012] 'if' of Pet is left out\n   = do: check it in the handler\n"
        "api.yaml:4:3 lost[I010] GET /pets is left out: it has no success\n   = do: write one\n"
        "2 lost, 1 changed\n2 of 3 operations arrived\n"
    )


def test_json_is_that_of_findings_with_the_kind_of_each_and_the_counts() -> None:
    found = json.loads(losses().render("json", {}))
    assert found["operations"] == {"arrived": 2, "total": 3}
    assert [(one["severity"], one["line"], one["rule"]) for one in found["findings"]] == [
        ("changed", 1, "I011"), ("lost", 2, "I012"), ("lost", 4, "I010"),
    ]  # fmt: skip
    assert found["findings"][0]["fix"] == "clients use that name"


def test_the_other_forms_are_those_of_all_findings() -> None:
    assert losses().render("github", {}).count("::error ") == 3
    assert 'failures="3"' in losses().render("junit", {})


def test_what_is_counted_is_one_entry_with_the_number_of_places() -> None:
    found = Losses()
    for line in (7, 5, 5, 9):
        found.count(KEYWORD, place(line), "'title' is left out", "nothing")
    found.settle()
    (only,) = found.findings
    assert (only.place.line, only.message) == (5, "'title' is left out (here and in 2 other places)")


def test_no_loss_is_dropped_however_many_there_are() -> None:
    found = Losses()
    for line in range(MAX_FINDINGS + 10):
        found.add(KEYWORD, place(line + 1), "'if' is left out", "nothing")
    assert len(found.findings) == MAX_FINDINGS + 10

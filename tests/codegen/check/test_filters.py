"""What a topic may be filtered by is there in each of its events, of one type, short, and said once; each fault stands at its field."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

EVENTS, SCHEMAS, POLICY = "packages/things.yaml", "schemas/things.yaml", "policy.yaml"
PLAIN = "  things: {history: 100, keep: 1h, delivery: must-deliver}"
ON_THINGS = (EVENTS, "x-topic: 'alerts/{level}'", "x-topic: things")
HOLDS = "required: [thing]\n  properties:\n    thing: {$ref: '#/Thing'}\n"
OURS = {"V028", "V029", "V030", "V031", "F003"}
OF_ONE = "  'things/{thing.id}': {history: 100, keep: 1h, delivery: must-deliver, may_follow: handler}"


def filtered(fields: str, line: str = PLAIN) -> tuple[str, str, str]:
    return POLICY, line, f"{line[:-1]}, filter: [{fields}]}}"


def level(form: str) -> tuple[str, str, str]:
    """The event of a thing has the alert's field."""
    more = HOLDS.replace("[thing]", "[thing, level]") + f"    level: {{type: integer, format: {form}}}\n"
    return SCHEMAS, HOLDS, more


@pytest.mark.parametrize(
    ("edits", "rule"),
    [
        ([filtered("thing.id, thing.name")], None),
        ([filtered("thing.name", OF_ONE)], None),
        ([filtered("thing.id", OF_ONE)], "V031"),
        ([filtered("thing.nothing")], "V028"),
        ([filtered("thing")], "V029"),
        ([filtered("thing.id.more")], "V028"),
        ([filtered("thing.id"), (SCHEMAS, "required: [id, name]", "required: [name]")], "V028"),
        ([filtered("thing.name"), (SCHEMAS, "maxLength: 50", "maxLength: 250")], "V029"),
        ([filtered("thing.name"), (SCHEMAS, "name: {type: string, maxLength: 50}", "name: {type: string}")], "V029"),
        ([filtered("thing.name"), (SCHEMAS, "name: {type: string, maxLength: 50}", "name: {type: boolean}")], None),
        ([filtered("thing.name"), (SCHEMAS, "name: {type: string, maxLength: 50}", "name: {type: number}")], "V029"),
        ([filtered("thing.id, level"), ON_THINGS], "V028"),
        ([filtered("level"), ON_THINGS, level("int64")], "V030"),
        ([filtered("level"), ON_THINGS, level("int32")], None),
        ([filtered("thing.id, thing.id")], "F003"),
        ([filtered("")], "F003"),
        ([filtered("Thing.id")], "F003"),
        ([filtered("7")], "F003"),
        ([filtered("{a: b}")], "F003"),
        ([(POLICY, PLAIN, f"{PLAIN[:-1]}, filter: thing.id}}")], "F003"),
    ],
)  # fmt: skip
def test_a_filter_s_fields_are_short_and_always_there(
    tmp_path: Path, edits: list[tuple[str, str, str]], rule: str | None
) -> None:
    found = rules(edited(tmp_path, *edits, case="p35_topics"))
    assert found & OURS == ({rule} if rule else set())


def test_each_fault_stands_at_its_field(tmp_path: Path) -> None:
    found = edited(tmp_path, filtered("thing.id, thing.nothing, thing"), case="p35_topics").findings
    line = next(
        number
        for number, text in enumerate((tmp_path / "specs" / POLICY).read_text().splitlines(), 1)
        if "thing.nothing" in text
    )
    column = (tmp_path / "specs" / POLICY).read_text().splitlines()[line - 1].index("thing.nothing") + 1
    assert [(one.rule, one.place.line, one.place.column) for one in found] == [
        ("V028", line, column),
        ("V029", line, column + len("thing.nothing, ")),
    ]

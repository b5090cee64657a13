"""specs/README says what the language has and what it refuses: each row has its case, and the rules refuse as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen.rules import RULES
from tests.codegen.contracts import CASES, edited, rules

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "specs" / "README.md").read_text()
THINGS, HTTP, PACKAGES = "schemas/things.yaml", "http/things.yaml", "packages/things.yaml"
NOTE = "note: {type: [string, 'null'], default: null}"
EXAMPLES = {
    "S004": ((THINGS, NOTE, "note: {anyOf: [{type: string}], type: string}"),),
    "S005": ((THINGS, NOTE, "note: {type: integer}"),),
    "S029": ((THINGS, "ThingRef:\n", "ThingRef:\n  additionalProperties: false\n"),),
    "O016": ((HTTP, "'201':\n        description: Done.\n", "'201':\n        description: Done.\n        links: {a: {operationId: nothing}}\n"),),
    "S028": ((THINGS, NOTE, "note: {type: string, format: decimal, multipleOf: 0.5}"),),
    "S008": ((THINGS, NOTE, "note: {type: string, pattern: '(?=a)b'}"),),
    "S011": ((THINGS, NOTE, "note: {type: array, items: {type: [string, 'null']}, default: []}"),),
    "S020": ((THINGS, NOTE, "note: {type: [string, 'null']}"),),
    "S019": ((THINGS, NOTE, "note: {type: array, items: {type: string}}"),),
    "S012": ((THINGS, NOTE, "note: {type: object, properties: {a: {type: string}}}"),),
    "S015": ((THINGS, "kind: {type: string, const: circle}", "kind: {type: string}"),),
    "S027": ((THINGS, NOTE, "note: {$ref: '#/Odd'}"), (THINGS, "", "Odd: {type: object, required: [o], properties: {o: {$ref: '#/Odd'}}}\n")),
    "O009": ((HTTP, "in: path", "in: cookie"),),
    "O012": ((HTTP, "application/json: {schema", "multipart/form-data: {schema"),),
    "O013": ((HTTP, "'201':", "'default':"),),
    "O021": ((HTTP, "'201':\n        description: Done.\n        content: {application/json:", "'201':\n        description: Done.\n        content: {application/x-ndjson:"),),
    "O014": ((HTTP, "'201':\n", "'200':\n        description: d\n        content: {application/json: {schema: {$ref: '../schemas/things.yaml#/Square'}}}\n      '201':\n"),),
    "O003": ((HTTP, "    operationId: ping\n", "    operationId: ping\n    callbacks: {}\n"),),
    "A009": ((PACKAGES, "messages: [{$ref: '../asyncapi.yaml#/channels/web/messages/get_things'}]", "messages: []"),),
    "P003": (("proto/things.proto", "GetThing(GetThingRequest)", "GetThing(stream GetThingRequest)"),),
    "X020": (("proto/things.proto", "  optional string note = 11;", "  oneof odd { string note = 11; }"),),
    "Y005": ((THINGS, NOTE, "note: &a {type: string}"),),
    "Y006": ((THINGS, NOTE, "note: !!map {type: string}"),),
    "R001": ((THINGS, NOTE, "note: {$ref: '../../out.yaml#/A'}"),),
    "R004": ((THINGS, NOTE, "note: {$ref: 'https://example.com/a.yaml'}"),),
    "F001": (("policy.yaml", "topics:\n", "owners: {}\ntopics:\n"),),
}  # fmt: skip
"""What shows that the row of a rule is true, as edits of a case that has everything."""


def section(title: str) -> list[list[str]]:
    """The rows of the table below a heading, without its head."""
    body = TEXT.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in body.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_every_row_of_what_the_language_has_names_cases_that_are_served() -> None:
    cases = [re.findall(r"`(p\d\d_\w+)`", row[-1]) for row in section("What the language has")]
    assert all(cases)
    assert {name for names in cases for name in names if not (CASES / name / "expected").is_dir()} == set()


def test_what_is_refused_is_refused_by_a_rule_and_each_row_has_its_example() -> None:
    named = {rule for row in section("What it refuses") for rule in row[1].split(", ")}
    assert named == set(EXAMPLES)
    assert named <= set(RULES)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_rule_refuses_as_the_row_says(rule: str, tmp_path: Path) -> None:
    assert rule in rules(edited(tmp_path, *EXAMPLES[rule], case="p51_everything"))


def test_every_rule_of_the_three_languages_is_shown_by_a_case_or_a_row() -> None:
    shown = {path.name.split("_")[1].upper() for path in CASES.glob("n_*")} | set(EXAMPLES)
    assert {rule for rule in RULES if rule[0] in "SOAPRFW"} - shown == {"S040"}

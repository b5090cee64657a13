"""Every keyword in every position: that it comes narrows requests, that it goes widens answers, and each has its mirror."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from codegen.breaking.change import Change
from codegen.breaking.gate import judge
from codegen.breaking.rules import RULES, Severity
from codegen.ir.operations import Contract
from tests.codegen.compiled import contract_with
from tests.keyword_table import ANY_TEXT, BODY, KEYWORDS, named, pairs
from tests.keywords_project import in_position

TODAY = date(2026, 1, 1)
OTHERS = {"email", "uri", "hostname", "ipv4", "ipv6", "time", "password"}
"""Formats that bound a text and are no type of their own."""
OF_A_CONSTANT = {"answer-type-changed"}
"""Who reads a constant has a type of that text alone, which another text is not (`test_executed.py`)."""


def loose(name: str) -> str:
    """The schema without the keyword: its type alone."""
    schema = yaml.safe_load(KEYWORDS[name].schema)
    if "$ref" in schema or "enum" in schema:
        return "{type: string}"
    return str(yaml.safe_dump(_loose(schema), default_flow_style=True, width=10_000)).strip()


def _loose(schema: dict[str, object]) -> dict[str, object]:
    if "anyOf" in schema:
        return {"type": "string"}
    kept = {key: one for key, one in schema.items() if key in ("type", "format") and one not in OTHERS}
    items = schema.get("items")
    return kept | ({"items": _loose(items)} if isinstance(items, dict) else {})


def contract(folder: Path, *, is_loose: bool) -> Contract:
    """What is sent is answered, in a schema of its own for each way."""
    text = ""
    for owner in ("Thing", "ThingInput"):
        schemas = {name: loose(name) if is_loose else one.schema for name, one in KEYWORDS.items()}
        body = {
            named(position, name): in_position(position, schemas[name])
            for position, name in pairs(BODY)
            if position != "arm"
        }
        arm = {"kind": "{type: string, const: full}"} | {name: schemas[name] for _, name in pairs(("arm",))}
        text += _record(owner, body | {"arm": f"{{$ref: '#/{owner}Arm'}}"})
        text += f"{owner}Arm: {{oneOf: [{{$ref: '#/{owner}Full'}}, {{$ref: '#/{owner}Other'}}]}}\n"
        text += _record(f"{owner}Full", arm) + _record(f"{owner}Other", {"kind": "{type: string, const: other}"})
    return contract_with(folder, text + f"AnyText: {ANY_TEXT}\n")


def _record(name: str, fields: dict[str, str]) -> str:
    lines = "".join(f"    {field}: {schema}\n" for field, schema in fields.items())
    return f"{name}:\n  type: object\n  required: [{', '.join(fields)}]\n  properties:\n{lines}"


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """What the gate says where all keywords come, and where they go."""
    folder = tmp_path_factory.mktemp("keywords")
    old, new = contract(folder / "old", is_loose=True), contract(folder / "new", is_loose=False)
    return tuple(judge(old, new, (), TODAY).changes), tuple(judge(new, old, (), TODAY).changes)


@pytest.mark.parametrize(("position", "name"), list(pairs(BODY)))
def test_a_keyword_that_comes_or_goes_is_told_and_has_its_mirror(
    position: str, name: str, ways: tuple[tuple[Change, ...], tuple[Change, ...]]
) -> None:
    for owner, breaking in (("SendThingRequest", 0), ("Thing", 1)):
        found = [_rules(changes, owner, position, name) for changes in ways]
        assert all(found), (owner, position, name)
        mirrored = {RULES[rule].mirror for rule in found[0]}
        assert found[1] == (OF_A_CONSTANT if (owner, name) == ("Thing", "enumOfOne") else mirrored)
        severities = {RULES[rule].severity for rule in found[breaking]}
        assert severities & {Severity.ERR, Severity.WARN}


def _rules(changes: tuple[Change, ...], owner: str, position: str, name: str) -> set[str]:
    """Of the member, or of the arm that has it."""
    record = {"SendThingRequest": "ThingInput", "Thing": "Thing"}[owner] + "Full" if position == "arm" else owner
    member = named(position, name)
    way = "request-" if owner != "Thing" else "answer-"
    return {one.rule for one in changes if one.subject == f"{record}.{member}" and one.rule.startswith(way)}

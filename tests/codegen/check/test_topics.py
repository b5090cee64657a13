"""Every event has the values of its topics' parameters, and every name is short and of one topic."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

EVENTS, SCHEMAS, POLICY = "packages/things.yaml", "schemas/things.yaml", "policy.yaml"
ID, NAME = "'things/{thing.id}'", "'named/{thing.name}/things'"


def named(old: str, new: str) -> list[tuple[str, str, str]]:
    """A topic that is called otherwise wherever it stands."""
    return [(file, old, new) for file in (EVENTS, POLICY)]


@pytest.mark.parametrize(
    ("edits", "rule"),
    [
        (named(ID, "'things/{thing}'"), "V022"),
        (named(ID, "'things/{nothing.id}'"), "V021"),
        (named(ID, "'things/{thing.id.more}'"), "V021"),
        ([(SCHEMAS, "required: [id, name]", "required: [id]")], "V021"),
        ([(SCHEMAS, "maxLength: 50", "maxLength: 250")], "V022"),
        ([(SCHEMAS, "name: {type: string, maxLength: 50}", "name: {type: string}")], "V022"),
        (named(NAME, "'named/things/{thing.name}'"), None),
        (named(NAME, "'{thing.name}'"), "W002"),
        (named(NAME, "'things-by/{thing.id}'"), None),
        (named(NAME, "'things/{thing.name}'"), "V024"),
        (named(NAME, "'things/all'"), "V024"),
        ([(EVENTS, "x-topic: [things, ", "x-topic: [things, things, ")], "W002"),
        ([(POLICY, "may_follow: roles", "may_follow: everybody")], "F003"),
    ],
)
def test_a_topic_s_parameters_are_fields_that_are_always_there(
    tmp_path: Path, edits: list[tuple[str, str, str]], rule: str | None
) -> None:
    found = rules(edited(tmp_path, *edits, case="p35_topics"))
    assert (rule in found) if rule else not {one for one in found if one.startswith("V")}

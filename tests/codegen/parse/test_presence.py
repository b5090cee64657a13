"""What is absent, null, empty or default on one door must be the same on all; else it is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.parse.test_json_schema import read


@pytest.mark.parametrize(
    ("field", "required", "rule"),
    [
        ("{type: string}", True, None),
        ("{type: string}", False, None),
        ("{type: string, default: x}", False, None),
        ("{type: string, default: x}", True, "S026"),
        ("{type: [string, 'null']}", True, None),
        ("{type: [string, 'null']}", False, "S020"),
        ("{type: [string, 'null'], default: null}", False, None),
        ("{type: [string, 'null'], default: x}", False, "S020"),
        ("{type: array, items: {type: string}}", True, None),
        ("{type: array, items: {type: string}}", False, "S019"),
        ("{type: array, items: {type: string}, default: []}", False, None),
        ("{type: array, items: {type: string}, default: [a]}", False, "S019"),
        ("{type: array, items: {type: string}, minItems: 1, default: [a]}", False, None),
        ("{type: object, additionalProperties: {type: string}}", False, "S019"),
        ("{type: object, additionalProperties: {type: string}, default: {}}", False, None),
    ],
)
def test_presence_has_one_meaning_or_a_finding(tmp_path: Path, field: str, required: bool, rule: str | None) -> None:
    needed = "required: [a], " if required else ""
    rules = read(tmp_path, f"T: {{type: object, {needed}properties: {{a: {field}}}}}")[2]
    assert rules == ([rule] if rule else [])

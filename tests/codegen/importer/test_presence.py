"""Absent, null, empty and default: two states of a field, and a word where the document has three."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.draft import Ref
from tests.codegen.importer.documents import read

LIST = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("schema", "required", "here", "stays", "losses"),
    [
        ({"type": "string"}, True, {"type": "string"}, True, []),
        ({"type": "string", "default": "a"}, False, {"type": "string", "default": "a"}, False, []),
        ({"type": "string", "default": "a"}, True, {"type": "string"}, True, ["I013 Thing.one is required, and its default is left out"]),
        ({"type": ["string", "null"]}, True, {"type": ["string", "null"]}, True, []),
        ({"type": ["string", "null"]}, False, {"type": ["string", "null"], "default": None}, False, ["I013 absent and null are one for Thing.one"]),
        ({"type": ["string", "null"], "default": "a"}, False, {"type": ["string", "null"], "default": None}, False,
         ["I012 the default of Thing.one is left out: 'a'", "I013 absent and null are one for Thing.one"]),
        ({"type": "boolean", "default": "no"}, False, {"type": "boolean"}, False, ["I012 the default of Thing.one is left out: 'no'"]),
        ({"type": "string", "default": None}, False, {"type": "string"}, False, []),
        (LIST, True, LIST, True, []),
        (LIST, False, {**LIST, "default": []}, False, ["I013 absent and empty are one for Thing.one"]),
        ({**LIST, "default": []}, False, {**LIST, "default": []}, False, []),
        ({**LIST, "default": ["a"]}, False, {**LIST, "default": []}, False,
         ["I012 the default of Thing.one is left out: ['a']", "I013 absent and empty are one for Thing.one"]),
        ({**LIST, "minItems": 1}, False, {**LIST, "default": []}, False,
         ["I012 'minItems' of Thing.one is left out, since an empty one stands for none", "I013 absent and empty are one for Thing.one"]),
        ({**LIST, "type": ["array", "null"]}, True, {**LIST, "default": []}, False,
         ["I013 Thing.one is empty where it was null", "I013 absent and empty are one for Thing.one"]),
    ],
)  # fmt: skip
def test_presence_is_kept_or_said(
    tmp_path: Path, schema: Any, required: bool, here: Any, stays: bool, losses: list[str]
) -> None:
    found = read(tmp_path, {"type": "object", "properties": {"one": schema}, "required": ["one"] if required else []})
    assert found.named["Thing"]["properties"]["one"] == here
    assert ("one" in found.named["Thing"].get("required", ())) == stays
    assert sorted(found.said) == sorted(losses)


def test_a_named_type_may_be_null_and_has_a_default_beside_it(tmp_path: Path) -> None:
    properties = {
        "one": {"anyOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}]},
        "two": {"$ref": "#/components/schemas/Kind", "default": "a"},
    }
    found = read(tmp_path, {"type": "object", "properties": properties}, Kind={"enum": ["a", "b"]})
    assert found.named["Thing"]["properties"] == {
        "one": {"oneOf": [Ref("Kind"), {"type": "null"}], "default": None},
        "two": {"allOf": [Ref("Kind")], "default": "a"},
    }


def test_what_is_required_and_only_read_is_so_here(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": True}}}
    )
    assert found.named["Thing"]["required"] == ["id"]
    assert found.named["Thing"]["properties"] == {"id": {"type": "string", "readOnly": True}}
    assert found.said == []


@pytest.mark.parametrize(
    ("default", "here", "losses"),
    [
        ("slow", {"allOf": [Ref("Pace")], "default": "slow"}, []),
        ("idle", Ref("Pace"), ["I012 the default of Thing.one is left out: 'idle'"]),
    ],
)
def test_a_default_beside_a_reference_to_an_enum_stays(
    tmp_path: Path, default: str, here: Any, losses: list[str]
) -> None:
    one = {"$ref": "#/components/schemas/Pace", "default": default}
    found = read(
        tmp_path, {"type": "object", "properties": {"one": one}}, Pace={"type": "string", "enum": ["slow", "fast"]}
    )
    assert found.named["Thing"]["properties"]["one"] == here
    assert found.said == losses


def test_a_default_beside_allof_of_one_part_stays(tmp_path: Path) -> None:
    """As code-first exporters of 3.0 write it."""
    one = {"allOf": [{"$ref": "#/components/schemas/Pace"}], "default": "fast", "description": "How."}
    found = read(
        tmp_path, {"type": "object", "properties": {"one": one}}, Pace={"type": "string", "enum": ["slow", "fast"]}
    )
    assert found.named["Thing"]["properties"]["one"] == {
        "allOf": [Ref("Pace")],
        "description": "How.",
        "default": "fast",
    }

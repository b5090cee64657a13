"""An example that its schema refuses is a finding: where, what is expected, what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.check.examples import Misfit, misfit
from codegen.ir.types import Int, ListOf, MapOf, Named, String
from tests.codegen.contracts import contract_of, edited

EXAMPLE = "examples: [{name: Ada, count: 3"


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [
        (String(max_length=2), "ab", None),
        (String(max_length=2), "abc", Misfit("a", "string with maxLength 2", "'abc'")),
        (ListOf(MapOf(Int(32, 0, 5))), [{"x": 1}, {"y": 6}], Misfit("a[1]['y']", "integer(int32) with minimum 0, maximum 5", "6")),
        (Named("Shape"), {"kind": "circle", "side": 1}, None),
        (Named("Shape"), {"kind": "circle", "side": "1"}, Misfit("a.side", "integer(int32) with minimum -2147483648, maximum 2147483647", "'1'")),
        (Named("Shape"), {"kind": "line"}, Misfit("a", "Shape", "{'kind': 'line'}")),
        (Named("Part"), {"size": 1.0}, Misfit("a", "required 'notes'", "no such field")),
        (Named("Part"), {"size": None, "notes": {}}, Misfit("a.size", "number(double)", "None")),
        (Named("Level"), "high", None),
        (Named("Level"), "wide", Misfit("a", "Level", "'wide'")),
        (Named("Part"), [], Misfit("a", "Part", "[]")),
    ],
)  # fmt: skip
def test_the_innermost_part_that_is_refused_is_named(
    tmp_path: Path, kind: Named, value: object, wrong: Misfit | None
) -> None:
    assert misfit(contract_of("p80_annotations", tmp_path), kind, value, "a") == wrong


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("schemas/things.yaml", EXAMPLE, EXAMPLE.replace("3", "30"), "is 30 at Thing.count"),
        ("schemas/things.yaml", EXAMPLE, "examples: [{name: Ada, counts: 3", "the field 'counts'"),
        ("schemas/things.yaml", "example: 5", "example: 50", "an example of Thing.count is 50"),
        ("schemas/things.yaml", "examples: [low]", "examples: [middle]", "an example of Level is 'middle'"),
        ("schemas/things.yaml", "[{kind: circle, side: 3}]", "[{kind: circle, side: x}]", "is 'x' at Shape.side"),
        ("schemas/things.yaml", "examples: [dust]", "examples: [5]", "an example of an item of Part.notes is 5"),
        ("http/things.yaml", "example: Ada", "example: ''", "an example of FindThingRequest.name is ''"),
        ("http/things.yaml", "few: {value: 3}", "few: {value: 30}", "an example of FindThingRequest.x_count is 30"),
        ("http/things.yaml", "example: {name: Eve", "example: {name: ''", "is '' at SendThingRequest.name"),
        ("http/things.yaml", "value: {name: Ada", "value: {name: 5", "is 5 at Thing.name"),
    ],
)  # fmt: skip
def test_an_example_is_judged_wherever_it_stands(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    loaded = edited(tmp_path, (file, old, new), case="p80_annotations")
    assert {one.rule for one in loaded.findings} == {"S030"}
    assert any(message in one.message and one.place.file == f"specs/{file}" and one.fix for one in loaded.findings)


def test_an_example_has_the_names_of_json(tmp_path: Path) -> None:
    square = "    labelText: {type: string}\n"
    shape = "Shape:\n"
    right = edited(
        tmp_path / "right", ("schemas/things.yaml", square, f"{square}  examples: [{{shapeKind: square, side: 1, labelText: a}}]\n"),
        ("schemas/things.yaml", shape, f"{shape}  examples: [{{shapeKind: circle, lineWidth: 1}}]\n"), case="p82_json_names",
    )  # fmt: skip
    assert not len(right.findings), right.report()
    wrong = edited(
        tmp_path / "wrong", ("schemas/things.yaml", square, f"{square}  examples: [{{shape_kind: square, side: 1}}]\n"),
        case="p82_json_names",
    )  # fmt: skip
    assert "the field 'shape_kind'" in " ".join(one.message for one in wrong.findings)

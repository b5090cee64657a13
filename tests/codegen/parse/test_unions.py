"""A union is told apart by one required constant of every arm; what OpenAPI or AsyncAPI add may only repeat it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.types import Union
from tests.codegen.parse.test_json_schema import read


def arm(name: str, value: str, tag: str = "kind") -> str:
    return f"{name}: {{type: object, required: [{tag}], properties: {{{tag}: {{type: string, const: {value}}}}}}}\n"


ARMS = arm("A", "a") + arm("B", "b")
PAIR = "T: {oneOf: [{$ref: '#/A'}, {$ref: '#/B'}]"


@pytest.mark.parametrize(
    "more",
    [
        "",
        ", discriminator: kind",
        ", discriminator: {propertyName: kind}",
        ", discriminator: {propertyName: kind, mapping: {a: '#/A', b: '#/B'}}",
    ],
)
def test_the_constants_name_the_arms(tmp_path: Path, more: str) -> None:
    schemas, _, rules = read(tmp_path, ARMS + PAIR + more + "}")
    union = schemas.definitions["T"]
    assert rules == []
    assert isinstance(union, Union)
    assert (union.tag, union.arms) == ("kind", (("a", "A"), ("b", "B")))


@pytest.mark.parametrize(
    "text",
    [
        arm("A", "a") + arm("B", "a") + PAIR + "}",
        arm("A", "a") + arm("B", "b", "sort") + PAIR + "}",
        ARMS + PAIR + ", discriminator: sort}",
        ARMS + PAIR + ", discriminator: {propertyName: kind, mapping: {a: '#/B', b: '#/A'}}}",
        arm("A", "class") + arm("B", "b") + PAIR + "}",
    ],
)
def test_arms_that_cannot_be_told_apart_are_a_finding(tmp_path: Path, text: str) -> None:
    assert "S015" in read(tmp_path, text)[2]


@pytest.mark.parametrize("first", ["Branch", "Tree"])
def test_an_arm_that_holds_the_union_again_may_be_read_first(tmp_path: Path, first: str) -> None:
    text = (
        f"T: {{type: object, required: [one], properties: {{one: {{$ref: '#/{first}'}}}}}}\n"
        "Tree: {oneOf: [{$ref: '#/Branch'}, {$ref: '#/Leaf'}]}\n"
        "Branch: {type: object, required: [kind, trees], properties: {kind: {type: string, const: branch}, "
        "trees: {type: array, items: {$ref: '#/Tree'}}}}\n"
    ) + arm("Leaf", "leaf")
    schemas, _, rules = read(tmp_path, text)
    assert rules == []
    union = schemas.definitions["Tree"]
    assert isinstance(union, Union)
    assert (union.tag, union.arms) == ("kind", (("branch", "Branch"), ("leaf", "Leaf")))

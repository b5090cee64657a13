"""A union is told apart by one required constant of every arm; what OpenAPI or AsyncAPI add may only repeat it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.types import Union
from tests.codegen.parse.test_json_schema import read, told


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
        ARMS + PAIR + ", x-enum-names: {c: other}}",
        ARMS + PAIR + ", x-enum-names: {a: class}}",
        arm("A", "a" * 65) + arm("B", "b") + PAIR + "}",
    ],
)
def test_arms_that_cannot_be_told_apart_are_a_finding(tmp_path: Path, text: str) -> None:
    assert "S015" in read(tmp_path, text)[2]


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("TextBlock", "text_block"),
        ("text/html", "text_html"),
        ("class", "value_class"),
        ("1d", "value_1d"),
        ("+", "plus"),
    ],
)
def test_a_tag_is_any_text_and_its_name_in_proto_is_spelled_from_it(tmp_path: Path, tag: str, name: str) -> None:
    schemas, _, rules = read(tmp_path, arm("A", tag) + arm("B", "b") + PAIR + "}")
    union = schemas.definitions["T"]
    assert rules == []
    assert isinstance(union, Union)
    assert [union.arm_name(each) for each, _ in union.arms] == [name, "b"]
    named, _, _ = read(tmp_path / "named", arm("A", tag) + arm("B", "b") + PAIR + f", x-enum-names: {{{tag}: other}}}}")
    union = named.definitions["T"]
    assert isinstance(union, Union)
    assert union.arm_name(tag) == "other"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (arm("A", "a") + arm("B", "a") + PAIR + "}", "'kind' is 'a' in A and in B"),
        (ARMS + PAIR + ", discriminator: sort}", "'sort' of A is no required constant"),
        (arm("A", "a") + "B: {type: object}\n" + PAIR + "}", "B has no required constant"),
        (arm("A", "a") + arm("B", "b", "sort") + PAIR + "}", "their constants have different names"),
        (ARMS + "T: {oneOf: [{$ref: '#/A'}, {$ref: '#/A'}]}", "A stands in it twice"),
    ],
)
def test_the_finding_names_the_arm_that_is_at_fault(tmp_path: Path, text: str, said: str) -> None:
    _, _, findings = told(tmp_path, text)
    assert [one.message for one in findings if one.rule == "S015"] == [f"the arms of T have no common tag: {said}"]


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

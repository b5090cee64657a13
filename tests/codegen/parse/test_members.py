"""Code's name of a member follows by one rule, or is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codegen.diagnostics import NOWHERE, Findings
from codegen.ir.types import Bool, Field
from codegen.parse.members import Members, namesake, told_once
from codegen.parse.yaml_tree import Mapping, parse_yaml


def read(text: str) -> tuple[dict[str, str], list[str]]:
    findings = Findings()
    node = parse_yaml("a.yaml", text.encode(), findings)
    assert isinstance(node, Mapping)
    properties = node.entries["properties"]
    assert isinstance(properties, Mapping)
    return Members(findings).codes(node, properties, "T"), sorted(one.message for one in findings)


@pytest.mark.parametrize(
    ("member", "code"),
    [
        ("pet_id", "pet_id"), ("petId", "pet_id"), ("PetID", "pet_id"), ("pet-id", "pet_id"), ("@type", "type"),
        ("$ref", "ref"), ("x.y", "x_y"), ("created[gte]", "created_gte"), ("_links", "links"), ("a__b", "a_b"),
    ],
)  # fmt: skip
def test_code_has_a_member_in_snake_case(member: str, code: str) -> None:
    assert read(f"properties: {{'{member}': {{}}}}") == ({member: code}, [])


@pytest.mark.parametrize("member", ["class", "2nd", "schema", "model_config", "***", "a b", "a/b", "é"])
def test_what_gives_no_name_is_refused(member: str) -> None:
    codes, messages = read(f"properties: {{'{member}': {{}}}}")
    assert (codes, len(messages)) == ({}, 1)


def test_the_contract_may_say_another_name() -> None:
    said = "properties: {class: {}, petId: {}, pet_id: {}}\nx-field-names: {class: kind, petId: own_id}"
    assert read(said) == ({"class": "kind", "petId": "own_id", "pet_id": "pet_id"}, [])


def test_two_members_of_one_name_and_a_name_of_nothing_are_refused() -> None:
    codes, messages = read("properties: {petId: {}, pet_id: {}}\nx-field-names: {petid: own_id}")
    assert codes == {"petId": "pet_id"}
    assert messages == [
        "'petId' and 'pet_id' of T are both called 'pet_id' in code",
        "x-field-names of T names 'petid', which is no property",
    ]


def test_a_parameter_is_told_apart_alone() -> None:
    assert Members(Findings()).code("petId", None, NOWHERE, "x-field") == "pet_id"
    assert Members(Findings()).code("class", "kind", NOWHERE, "x-field") == "kind"


def test_a_record_has_each_name_once() -> None:
    one = Field("pet_id", Bool(), True, json="petId")
    assert namesake([one], replace(one, json="")) is one
    assert namesake([one], replace(one, name="its_pet")) is one
    assert namesake([one], Field("its_pet", Bool(), True)) is None
    assert told_once(one, replace(one, json=""), "T") == "'petId' and 'pet_id' of T are both called 'pet_id' in code"
    assert told_once(one, replace(one, name="its_pet"), "T") == ""

"""Requests are judged by their schema, told where they do not fit, and filled up with their defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proof.mock.forms import Forms
from proof.mock.refusal import Refusal
from tests.codegen.contracts import contract_of, shipped

CREATE = next(one for one in shipped().operations if one.name == "create_artist")


def test_defaults_are_filled_in() -> None:
    assert Forms(shipped()).taken(CREATE, {"name": "Mary"}) == {"name": "Mary", "bio": None, "born_on": None}


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({}, "/name"),
        ({"name": "x", "no_such": 1}, "/no_such"),
        ({"name": ""}, "/name"),
        ({"name": "x", "born_on": "yesterday"}, "/born_on"),
        ({"name": 5}, "/name"),
    ],
)
def test_each_fault_has_its_place(fields: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Refusal) as refused:
        Forms(shipped()).taken(CREATE, fields)
    assert refused.value.code == "invalid_data"
    assert [place for place, _ in refused.value.faults] == [pointer]


def test_the_input_is_not_repeated() -> None:
    with pytest.raises(Refusal) as refused:
        Forms(shipped()).taken(CREATE, {"name": "secret" * 100})
    assert "secret" not in str(refused.value.faults)


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(Refusal, match="invalid_data"):
        Forms(shipped()).taken(CREATE, {"name": "\ud800"})


def test_what_protobuf_cannot_carry_is_not_taken_in_json_either(tmp_path: Path) -> None:
    contract = contract_of("p07_bytes", tmp_path)
    (operation,) = [one for one in contract.operations if one.pkg_id is not None]
    forms = Forms(contract)
    whole = {one.member: "QUJD" for one in operation.request.fields if one.required}
    assert forms.taken(operation, whole)
    name = next(iter(whole))
    with pytest.raises(Refusal, match="invalid_data"):
        forms.taken(operation, {**whole, name: "====="})


def test_defaults_are_filled_in_inside_of_what_was_given(tmp_path: Path) -> None:
    contract = contract_of("p61_enum_defaults_and_keys", tmp_path)
    forms = Forms(contract)
    for operation in contract.operations:
        defaults = {one.member for one in operation.request.fields if one.has_default}
        required = {one.member for one in operation.request.fields if one.required}
        if defaults and not required:
            assert defaults <= forms.taken(operation, {}).keys()

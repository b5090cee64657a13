"""What is only read is no part of a request, what is only written none of a result, wherever it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.diagnostics import Findings
from codegen.ir.notes import Example, Notes
from codegen.ir.operations import Contract
from codegen.ir.types import Bool, Field, ListOf, MapOf, Named, Record, Union
from codegen.parse.directions import READ, WRITE, asked_notes, directed, kept
from tests.codegen.contracts import contract_of, edited, rules

CASE = "p81_directions"


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return contract_of(CASE, tmp_path_factory.mktemp("directions"))


def _names(contract: Contract, record: str) -> list[str]:
    return [one.name for one in contract.record(record).fields]


def test_a_record_that_goes_both_ways_is_two(contract: Contract) -> None:
    assert _names(contract, "Owner") == ["id", "name"]
    assert _names(contract, "OwnerInput") == ["name", "pin"]
    assert {"Owner", "Circle", "Shape", "Holder"} <= contract.results - contract.inputs
    assert {"OwnerInput", "CircleInput", "ShapeInput", "HolderInput"} <= contract.inputs - contract.results
    assert {"Plain", "Square"} <= contract.inputs & contract.results


def test_what_holds_such_a_record_holds_the_one_of_its_direction(contract: Contract) -> None:
    (request,) = (one.request for one in contract.operations if one.name == "send_thing")
    types = {one.name: one.type for one in request.fields}
    assert types["former"] == ListOf(Named("OwnerInput"))
    assert types["by_role"] == MapOf(Named("OwnerInput"))
    assert types["spare"] == Named("OwnerInput")
    assert {"id", "made_at", "tags", "reader"}.isdisjoint(types)
    shape = contract.definitions["ShapeInput"]
    assert isinstance(shape, Union)
    assert dict(shape.arms) == {"circle": "CircleInput", "square": "Square"}


def test_a_query_asks_for_what_is_written_and_a_result_has_what_is_read(contract: Contract) -> None:
    (find,) = (one for one in contract.operations if one.name == "find_thing")
    assert [one.name for one in find.request.fields] == ["name", "key"]
    assert find.http
    assert [one.field for one in find.http.parameters] == ["name", "key"]
    assert _names(contract, "Search") == ["name", "found"]


def test_no_field_has_a_direction_any_more_and_required_holds_where_the_field_is(contract: Contract) -> None:
    used = [
        contract.record(name)
        for name in contract.results | contract.inputs
        if isinstance(contract.definitions[name], Record)
    ]
    assert not [one for record in used for one in record.fields if one.access]
    one = contract.record("Thing").field("id")
    assert one
    assert one.required


def test_one_example_is_each_direction_s(contract: Contract) -> None:
    (send,) = (one for one in contract.operations if one.name == "send_thing")
    asked = {
        "name": "Ada",
        "secret": "abc",
        "owner": {"name": "Eve", "pin": "1234"},
        "shape": {"kind": "circle", "radius": 1},
    }
    assert send.request.notes.values == [asked]
    shape = {"kind": "circle", "area": 3, "radius": 1}
    answered = {"id": 1, "name": "Ada", "owner": {"id": 1, "name": "Eve"}, "shape": shape}
    assert contract.record("Thing").notes.values == [answered]


def test_a_contract_without_directions_is_as_it_was() -> None:
    definitions = {"A": Record("A", (Field("a", Bool(), True),))}
    assert directed(definitions, (), ["A"], Findings()) == (definitions, ())


def test_members_that_are_only_read_are_no_part_of_a_request_s_example() -> None:
    fields = [Field("a", Bool(), True, access=READ), Field("b", Bool(), True, access=WRITE)]
    notes = Notes((Example({"a": True, "b": True, "c": 1}), Example(5)))
    assert asked_notes(notes, fields).values == [{"b": True, "c": 1}, 5]
    assert [one.name for one in kept(fields, WRITE)] == ["a"]


def test_a_tag_goes_both_ways(tmp_path: Path) -> None:
    edit = (
        "schemas/things.yaml",
        "kind: {type: string, const: circle}",
        "kind: {type: string, const: circle, readOnly: true}",
    )
    assert "S015" in rules(edited(tmp_path, edit, case=CASE))


def test_a_body_of_which_nothing_is_left_is_a_finding(tmp_path: Path) -> None:
    edit = ("schemas/things.yaml", "", "Odd: {type: object, properties: {a: {type: boolean, readOnly: true}}}\n")
    body = ("http/things.yaml", "requestBody:\n      required: true\n      content: {application/json: {schema: {$ref: '../schemas/things.yaml#/Thing'}}}",
            "requestBody:\n      required: true\n      content: {application/json: {schema: {$ref: '../schemas/things.yaml#/Odd'}}}")  # fmt: skip
    assert "S032" in rules(edited(tmp_path, edit, body, case=CASE))


def test_an_example_is_of_the_members_of_json(tmp_path: Path) -> None:
    """One example stands for both directions; what is only read is taken out of it by its name in JSON."""
    square = "    labelText: {type: string}\n"
    more = "    partId: {type: string, readOnly: true}\n  examples: [{shapeKind: square, side: 1, partId: a}]\n"
    loaded = edited(tmp_path, ("schemas/things.yaml", square, square + more), case="p82_json_names")
    sent, answered = (loaded.contract.record(name).notes.examples for name in ("SquareInput", "Square"))
    assert [one.value for one in sent] == [{"shapeKind": "square", "side": 1}]
    assert [one.value for one in answered] == [{"shapeKind": "square", "side": 1, "partId": "a"}]


def test_an_input_has_another_name_where_people_have_the_first_already(tmp_path: Path) -> None:
    """`Owner` and `OwnerInput` are two schemas of one team, as they often are."""
    plain, own = "    plain: {$ref: '#/Plain'}\n", "OwnerInput: {type: object, properties: {a: {type: boolean}}}\n"
    loaded = edited(
        tmp_path, ("schemas/things.yaml", plain, f"{plain}    other: {{$ref: '#/OwnerInput'}}\n"), ("schemas/things.yaml", "", own),
        case=CASE,
    )  # fmt: skip
    assert rules(loaded) <= {"X005", "X010", "X011", "X012"}, loaded.report()
    assert _names(loaded.contract, "InputOwner") == ["name", "pin"]
    assert _names(loaded.contract, "OwnerInput") == ["a"]
    assert _names(loaded.contract, "Owner") == ["id", "name"]

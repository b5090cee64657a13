"""JSON and protobuf of every contract that the compiler's tests have: there and back it is the same, and our converters read the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from codegen.emit.documents import asyncapi
from codegen.ir.operations import Contract
from generated.wire import CODECS
from proof.documents import DocumentError, Json
from proof.protobuf import Inexpressible, Protobuf, compiled
from proof.values import Values
from proof.ws.contract import read_socket
from tests.codegen.contracts import CASES, SHIPPED, contract_of, shipped

GOOD = sorted(path.parent.name for path in CASES.glob("p*/expected") if path.parent.name != "p90_rest_alone")
SHORT = ("p03_float", "p17_union", "p77_formats")
FEW = settings(
    max_examples=5,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


def data_schemas(contract: Contract) -> tuple[Json, dict[str, Any]]:
    """The document, and the schema of `data` of each of its operations."""
    (file,) = [one for one in asyncapi.emit(contract) if one.path.endswith("asyncapi.json")]
    document = json.loads(file.data)
    return document, {one.name: one.frame["properties"]["data"] for one in read_socket(document).operations}


def unequal(one: Any, two: Any) -> bool:
    """Of what is written, whether it is lost; what was left out may come back as its default, and a moment in another spelling."""
    return bool(one.SerializeToString(deterministic=True) != two.SerializeToString(deterministic=True))


@pytest.mark.parametrize("case", [one if one in SHORT else pytest.param(one, marks=pytest.mark.long) for one in GOOD])
def test_what_is_written_is_read_and_written_as_the_same(case: str, tmp_path: Path) -> None:
    contract = contract_of(case, tmp_path)
    protobuf = Protobuf(contract)
    document, schemas = data_schemas(contract)
    for operation in contract.operations:
        if operation.name in schemas:
            round_trip(protobuf, operation, Values(document).valid(schemas[operation.name]))


def round_trip(protobuf: Protobuf, operation: Any, drawn: Any) -> None:
    @FEW
    @given(drawn)
    def look(value: Any) -> None:
        raw = protobuf.request(operation, value)
        told = protobuf.asked(operation, raw)
        first, second = protobuf.new(operation.request.name), protobuf.new(operation.request.name)
        first.ParseFromString(raw)
        again = protobuf.request(operation, {name: one for name, one in told.items() if name in value})
        second.ParseFromString(again)
        assert not unequal(first, second), (value, told)

    look()


@pytest.mark.parametrize("name", sorted(data_schemas(shipped())[1]))
def test_the_service_s_own_converters_read_the_same(name: str) -> None:
    """A model that is read of our bytes is the model that is read of the JSON."""
    document, schemas = data_schemas(shipped())
    protobuf = Protobuf(shipped())
    operation = next(one for one in shipped().operations if one.name == name)
    codec = CODECS[name]

    @FEW
    @given(st.data())
    def look(data: st.DataObject) -> None:
        value = data.draw(Values(document).valid(schemas[name]))
        assert codec.decode_protobuf(protobuf.request(operation, value)) == codec.decode_json(
            json.dumps(value).encode()
        )

    look()


@pytest.mark.parametrize(
    "value",
    [None, [], 5, {"no_such_member": 1}, {"name": 5}, {"name": None}, {"name": "\ud800"}, {}, {"name": True}],
    ids=repr,
)
def test_what_a_message_cannot_say_is_inexpressible(value: Any) -> None:
    operation = next(one for one in shipped().operations if one.name == "create_artist")
    with pytest.raises(Inexpressible):
        Protobuf(shipped()).request(operation, value)


@pytest.mark.parametrize("numbers", [[2**63], [1.5], ["1"], [True]])
def test_an_item_that_its_type_cannot_hold_is_inexpressible(numbers: list[Any], tmp_path: Path) -> None:
    contract = contract_of("p11_lists", tmp_path)
    (operation,) = [one for one in contract.operations if one.name == "send_thing"]
    value = {"tags": [], "keys": [], "numbers": [1]}
    Protobuf(contract).request(operation, value)
    with pytest.raises(Inexpressible):
        Protobuf(contract).request(operation, value | {"numbers": numbers})


def test_what_must_be_there_is_not_left_out_although_it_may_be_null(tmp_path: Path) -> None:
    """A message has one word for both, and it is read as null."""
    contract = contract_of("p08_nullable_required", tmp_path)
    (operation,) = [one for one in contract.operations if one.name == "send_thing"]
    whole = {one.member: None if one.nullable else "x" for one in operation.request.fields}
    assert Protobuf(contract).request(operation, whole) == b""
    for name in [name for name, value in whole.items() if value is None]:
        with pytest.raises(Inexpressible, match=name):
            Protobuf(contract).request(operation, {key: one for key, one in whole.items() if key != name})


def test_an_answer_may_be_a_union(tmp_path: Path) -> None:
    contract = contract_of("p52_union_result", tmp_path)
    protobuf = Protobuf(contract)
    (operation,) = [one for one in contract.operations if one.pkg_id is not None]
    for value in ({"kind": "yes"}, {"kind": "no", "why": "x"}):
        assert protobuf.result(operation, protobuf.message("Answer", value)) == value
    with pytest.raises(ValueError, match="no arm"):
        protobuf.value("Answer", b"")


def test_a_folder_is_compiled_and_what_is_none_is_said(tmp_path: Path) -> None:
    assert compiled(SHIPPED).proto
    with pytest.raises(DocumentError, match="no contract that compiles"):
        compiled(tmp_path)

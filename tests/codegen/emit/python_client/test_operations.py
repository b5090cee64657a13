"""Every operation is declared as its contract has it, and protobuf's tables say what descriptors do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from codegen.emit.python_client.operations import emit_contract, emit_operations
from tests.codegen.contracts import contract_of, shipped


def text(case: str, folder: Path) -> str:
    return emit_contract(contract_of(case, folder), "x").data.decode()


def test_an_operation_says_its_doors_and_its_safety() -> None:
    found = emit_operations(shipped(), "x").data.decode()
    assert 'idempotency="key", timeout_s=5.0, http=HttpBinding("POST", "/api/artists", has_body=True)' in found
    assert 'Parameter("expected_version", "If-Match", "header", is_etag=True)' in found
    assert 'session="refresh"' in found
    assert "1001: ARTIST_CREATED" in found


def test_an_enum_s_numbers_and_a_union_s_tags_are_told(tmp_path: Path) -> None:
    found = text("p51_everything", tmp_path)
    assert """"stele.v1.Colour": {1: 'red', 2: 'dark-blue'}""" in found
    assert '"stele.v1.Level": {0: 0, 5: 5}' in found
    assert '"stele.v1.Shape": ("kind", {"circle": "circle", "square": "square"})' in found


def test_an_event_of_which_only_the_last_counts_has_offsets_with_holes() -> None:
    contract = shipped()
    topics = tuple(replace(one, delivery="latest") if one.name == "artists" else one for one in contract.topics)
    text = emit_operations(replace(contract, topics=topics), "sdk").data.decode()
    assert text.count("is_dense=False") == sum("artists" in one.topics for one in contract.events)


def test_what_absence_means_is_told(tmp_path: Path) -> None:
    assert 'frozenset({"bio", "born_on"})' in emit_contract(shipped(), "x").data.decode()
    assert "defaulted={" in text("p67_list_by_default", tmp_path)


def test_messages_inside_of_messages_go_by_their_whole_name(tmp_path: Path) -> None:
    contract = contract_of("p70_nested_proto", tmp_path)
    nested = next(f"{one.path}" for one in contract.bindings.values() if "." in one.path)
    found = emit_contract(contract, "x").data.decode() + emit_operations(contract, "x").data.decode()
    assert nested.rpartition(".")[0] in found

"""What a contract may leave out: one of its two roots, and all of proto."""

from __future__ import annotations

import shutil
from pathlib import Path

from codegen.parse.implied import SOCKET_ROOT, envelope
from codegen.parse.yaml_tree import own_yaml, plain
from codegen.pipeline import load
from tests.codegen.contracts import CASES, SHIPPED, compose, contract_of, edited, rules


def test_the_implied_frame_is_the_shipped_one() -> None:
    assert envelope("stele") == (SHIPPED / "proto" / "envelope.proto").read_bytes()
    assert b"package order_desk.v1;" in envelope("order_desk")


def test_the_implied_doors_are_those_that_a_project_lists() -> None:
    doors, written = plain(own_yaml("doors.yaml")), (SHIPPED / "openapi.yaml").read_text()
    assert isinstance(doors, dict)
    for path, link in doors.items():
        assert f"  {path}: {{$ref: '{link['$ref']}'}}\n" in written


def test_without_asyncapi_there_is_no_socket_and_without_proto_no_protobuf(tmp_path: Path) -> None:
    contract = contract_of("p90_rest_alone", tmp_path)
    assert contract.socket_info is None
    assert not any(one.has_rpc or one.pkg_id for one in contract.operations)
    assert set(contract.bindings) == {
        "Request", "RequestMeta", "Response", "RspCode", "PageMeta", "Problem", "FieldError",
    }  # fmt: skip


def test_without_openapi_the_platform_s_own_doors_are_there(tmp_path: Path) -> None:
    loaded = edited(tmp_path)
    assert {one.name for one in loaded.contract.operations} > {"login", "readyz", "get_artist"}
    specs = tmp_path / "specs"
    (specs / "openapi.yaml").unlink()
    (specs / "http" / "artists.yaml").unlink()
    alone = load(specs)
    assert not len(alone.findings), alone.report()
    doors = {one.name: one.http is not None for one in alone.contract.operations}
    assert (doors["login"], doors["readyz"], doors["get_audit_logs"], doors["get_artist"]) == (True, True, True, False)
    assert (alone.contract.info.title, alone.contract.info.product) == ("Stele", "stele")


def test_the_socket_s_root_says_the_product_s_name_only_where_it_is_the_only_root(tmp_path: Path) -> None:
    named = (SOCKET_ROOT.removeprefix("specs/"), "info: {", "info: {x-name: stele, ")
    alone = edited(tmp_path / "alone", named, case="p91_socket_alone")
    assert (rules(alone), alone.contract.info.product) == (set(), "stele")
    assert rules(edited(tmp_path / "both", named, case="p31_socket_only")) == {"W003"}


def test_a_contract_without_any_root_is_told_so(tmp_path: Path) -> None:
    specs = compose("p90_rest_alone", tmp_path)
    (specs / "openapi.yaml").unlink()
    assert "R002" in rules(load(specs))


def test_packages_without_their_root_are_read_by_nobody(tmp_path: Path) -> None:
    specs = compose("p90_rest_alone", tmp_path)
    shutil.copytree(CASES / "p31_socket_only" / "specs" / "packages", specs / "packages")
    assert rules(load(specs)) == {"F004"}

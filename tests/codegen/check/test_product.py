"""A product has a name that is free, and proto's packages begin with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.pipeline import load
from tests.codegen.contracts import CASES, compose, edited, rules

NAME = ("openapi.yaml", "x-name: stele", "x-name: {}")


def named(folder: Path, name: str) -> set[str]:
    file, old, new = NAME
    return rules(edited(folder, (file, old, new.format(name))))


@pytest.mark.parametrize("name", ["account", "master", "google", "class", "interface", "message", "while"])
def test_a_name_that_means_something_already_is_refused(tmp_path: Path, name: str) -> None:
    assert named(tmp_path, name) == {"V016"}


def test_proto_s_packages_begin_with_the_name_and_each_file_that_does_not_is_told(tmp_path: Path) -> None:
    file, old, new = NAME
    loaded = edited(tmp_path, (file, old, new.format("orders")))
    assert rules(loaded) == {"P007"}
    assert {one.place.file for one in loaded.findings} == {
        f"specs/proto/{path.name}" for path in (tmp_path / "specs" / "proto").glob("*.proto")
    }
    finding = next(iter(loaded.findings))
    assert finding.other is not None
    assert finding.other.file == "specs/openapi.yaml"
    assert finding.fix == "write `package orders.v1;`, or `python -m codegen rename orders` for all places"


@pytest.mark.parametrize("package", ["stele.v2", "stele"])
def test_what_follows_the_name_is_free(tmp_path: Path, package: str) -> None:
    specs = tmp_path / "specs"
    compose("p01_bool", tmp_path)
    for path in (specs / "proto").glob("*.proto"):
        path.write_text(path.read_text().replace("package stele.v1;", f"package {package};"))
    named_so = (
        (CASES / "p01_bool" / "specs" / "openapi.yaml").read_text().replace("title: Case", "title: Case, x-name: stele")
    )
    (specs / "openapi.yaml").write_text(named_so)
    assert rules(load(specs)) == set()


def test_a_file_without_a_package_is_told_too(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("proto/own.proto", "", 'syntax = "proto3";\nmessage Own {}\n'))
    (finding,) = (one for one in loaded.findings if one.rule == "P007")
    assert (finding.place.file, finding.message) == ("specs/proto/own.proto", "there is no package")


def test_a_contract_that_says_no_name_has_the_packages_that_it_had(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("openapi.yaml", "  x-name: stele\n", ""),
        ("openapi.yaml", "Stele", "Ledger"),
        ("asyncapi.yaml", "Stele", "Ledger"),
    )
    assert rules(loaded) == set()
    assert loaded.contract.info.product == "ledger"

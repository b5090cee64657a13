"""Each PkgID leads to its operation, its codec and its method."""

from __future__ import annotations

from pathlib import Path

from codegen.emit import ws_packages
from generated.ws_packages import PACKAGES
from tests.codegen.contracts import contract_of


def test_numbers_are_in_order_and_lead_to_their_operation() -> None:
    assert list(PACKAGES) == sorted(PACKAGES)
    assert all(package.operation.pkg_id == number for number, package in PACKAGES.items())


def test_a_contract_without_a_socket_has_none(tmp_path: Path) -> None:
    (file,) = ws_packages.emit(contract_of("p30_rest_only", tmp_path))
    assert b"PACKAGES: dict[int, Package] = {\n}" in file.data

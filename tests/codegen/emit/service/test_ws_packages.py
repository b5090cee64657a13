"""Each PkgID leads to its operation, its codec and its method."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

from codegen.emit.service import ws_packages
from codegen.ir.operations import Contract
from generated.ws_packages import PACKAGES
from tests.codegen.contracts import contract_of, shipped


def table(contract: Contract) -> dict[int, list[str]]:
    """Number to arguments, as they are written."""
    (file,) = ws_packages.emit(contract)
    value, _ = (node.value for node in ast.parse(file.data).body if isinstance(node, ast.AnnAssign))
    assert isinstance(value, ast.Dict)
    return {
        ast.literal_eval(key): [ast.unparse(one) for one in call.args]
        for key, call in zip(value.keys, value.values, strict=True)
        if key and isinstance(call, ast.Call)
    }


def test_a_number_leads_to_the_operation_s_own_policy_codec_and_method() -> None:
    by_number = {one.pkg_id: one for one in shipped().operations if one.pkg_id is not None}
    found = table(shipped())
    assert list(found) == sorted(by_number)
    for number, arguments in found.items():
        one = by_number[number]
        method = f"lambda handlers: handlers.{one.feature}.{one.name}"
        assert arguments == [f"OPERATIONS['{one.name}']", f"CODECS['{one.name}']", method]


def test_numbers_are_in_order_whatever_the_names(tmp_path: Path) -> None:
    contract = contract_of("p40_two_methods_one_path", tmp_path)
    first, second = contract.operations[:2]
    changed = (replace(first, pkg_id=9), replace(second, pkg_id=2))
    assert list(table(replace(contract, operations=changed))) == [2, 9]


def test_numbers_lead_to_their_operation() -> None:
    assert list(PACKAGES) == sorted(PACKAGES)
    assert all(package.operation.pkg_id == number for number, package in PACKAGES.items())


def test_a_contract_without_a_socket_has_none(tmp_path: Path) -> None:
    (file,) = ws_packages.emit(contract_of("p30_rest_only", tmp_path))
    assert b"PACKAGES: dict[int, Package] = {\n}" in file.data

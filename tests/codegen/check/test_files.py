"""Bytes stand beside JSON over HTTP, and no other door is promised that cannot carry them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codegen.check.files import check_bytes
from codegen.diagnostics import Findings
from codegen.ir.operations import Contract
from tests.codegen.contracts import contract_of


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return contract_of("p80_bytes", tmp_path)


@pytest.mark.parametrize("name", ["put_picture", "get_picture", "send_form"])
def test_a_message_carries_no_bytes(contract: Contract, name: str) -> None:
    """Whether they are a body, a part of a form or an answer."""
    operations = tuple(replace(one, has_rpc=True) if one.name == name else one for one in contract.operations)
    findings = Findings()
    check_bytes(replace(contract, operations=operations), findings)
    assert [one.rule for one in findings] == ["J015"]


def test_what_the_contract_says_is_right(contract: Contract) -> None:
    findings = Findings()
    check_bytes(contract, findings)
    assert not list(findings)

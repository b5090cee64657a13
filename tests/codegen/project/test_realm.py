"""A role stands in the contract and in the realm, and `check` says where it is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codegen.__main__ import main
from codegen.ir.operations import Role
from codegen.pipeline import load
from codegen.project.realm import HOME, faults
from tests.codegen.contracts import ROOT, compose

READ = Role("read", "Read things.")


def realm(folder: Path, roles: list[str], **users: list[str]) -> Path:
    told: dict[str, Any] = {
        "clients": [{"clientId": "shop"}],
        "roles": {"client": {"shop": [{"name": one} for one in roles]}},
        "users": [{"username": name, "clientRoles": {"shop": given}} for name, given in users.items()],
    }
    file = folder / HOME
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(told))
    return file


def test_a_realm_with_every_role_has_no_fault_and_may_have_more(tmp_path: Path) -> None:
    assert faults(realm(tmp_path, ["read", "more"], ann=["read"], bob=[]), [READ]) == []


def test_a_role_that_the_realm_has_not_is_told_with_both_places_and_what_to_add(tmp_path: Path) -> None:
    (line,) = faults(realm(tmp_path, []), [READ])
    assert "realm.json: roles.client.shop has no 'read', a role of policy.yaml; add " in line
    assert '{"name": "read", "description": "Read things."}' in line


def test_a_user_s_role_that_is_none_is_told(tmp_path: Path) -> None:
    (line,) = faults(realm(tmp_path, ["read"], ann=["raed"]), [READ])
    assert "the user 'ann' has 'raed', which roles.client.shop has not" in line


def test_the_shipped_realm_has_the_contract_s_roles() -> None:
    assert faults(ROOT / HOME, load(ROOT / "specs").contract.roles) == []


def test_check_fails_where_the_realm_beside_the_contract_lacks_a_role(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--specs", str(compose("p01_bool", tmp_path)), "--out", str(tmp_path / "out"))
    assert (main([*where, "generate"]), main([*where, "check"])) == (0, 0)
    realm(tmp_path, [])
    assert main([*where, "check"]) == 1
    assert "a role of policy.yaml" in capsys.readouterr().err
    assert main([*where, "check", "--realm", str(tmp_path / "none.json")]) == 2

"""A role stands in the contract and in the realm, and `check` says where it is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codegen.__main__ import main
from codegen.diagnostics import Refused
from codegen.ir.operations import Role
from codegen.pipeline import load
from codegen.project.realm import HOME, faults, with_roles
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
    assert "realm.json: roles.client.shop has no 'read', a role of policy.yaml; `python -m codegen realm` adds " in line
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


def without(text: str, name: str) -> str:
    """The shipped realm without one of its roles, laid out as before."""
    told = json.loads(text)
    (client,) = told["roles"]["client"]
    told["roles"]["client"][client] = [one for one in told["roles"]["client"][client] if one["name"] != name]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def test_what_is_missing_is_written_and_nothing_else_is_touched() -> None:
    roles = load(ROOT / "specs").contract.roles
    shipped = (ROOT / HOME).read_text()
    written = with_roles(without(shipped, roles[0].name), roles)
    assert {line.rstrip(",") for line in written.splitlines()} == {line.rstrip(",") for line in shipped.splitlines()}
    assert with_roles(written, roles) == written
    assert with_roles(shipped, roles) == shipped


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"clients": [{"clientId": "shop"}], "roles": {"client": {}}}'])
def test_what_is_no_realm_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        with_roles(text, [READ])


def test_the_command_writes_the_roles_and_then_check_is_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--specs", str(compose("p01_bool", tmp_path)), "--out", str(tmp_path / "out"))
    assert (main([*where, "generate"]), main([*where, "realm"])) == (0, 2)
    file = realm(tmp_path, [])
    assert main([*where, "realm"]) == 0
    assert "every role is there now" in capsys.readouterr().out
    first = file.read_bytes()
    assert (main([*where, "check"]), main([*where, "realm"])) == (0, 0)
    assert file.read_bytes() == first

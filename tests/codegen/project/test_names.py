"""What stands beside the contract bears the product's name, or is found; and gets it where it is renamed."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.diagnostics import Findings, Place, Refused
from codegen.project.names import AUDIENCE, LOCKS, PROJECT, REALM, compare, renamed
from tests.codegen.contracts import ROOT

SAID = Place("specs/openapi.yaml", 5, 11)


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """The files of this project that bear its name."""
    for path in [ROOT / REALM, ROOT / PROJECT, *ROOT.glob(LOCKS)]:
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def found(root: Path, name: str) -> list[str]:
    findings = Findings()
    compare(root, name, SAID, findings)
    return [f"{one.place.file}: {one.message}" for one in findings]


def test_this_project_bears_its_name(beside: Path) -> None:
    assert found(beside, "stele") == []


def test_every_other_name_is_found_where_it_stands(beside: Path) -> None:
    findings = Findings()
    texts = compare(beside, "orders", SAID, findings)
    assert [one.message for one in findings] == [
        "the realm is 'stele'", "the client is 'stele'", "the audience is 'stele'", "the project is 'stele'",
    ]  # fmt: skip
    for one in findings:
        line = texts[one.place.file].splitlines()[one.place.line - 1]
        assert "stele" in line[one.place.column - 1 :]
        assert (one.other, one.contrast) == (SAID, "says x-name: orders")
        assert "codegen rename orders" in one.fix


def test_a_folder_without_them_has_nothing_to_say(tmp_path: Path) -> None:
    assert found(tmp_path, "orders") == []
    assert renamed(tmp_path, "orders", "Orders") == {}


def test_make_check_says_so(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(ROOT / "specs", beside / "specs")
    realm = beside / REALM
    realm.write_text(realm.read_text().replace('"realm": "stele"', '"realm": "ledger"'))
    assert main(["--specs", str(beside / "specs"), "--out", str(ROOT / "generated"), "check"]) == 1
    error = capsys.readouterr().err
    assert f"{REALM}:2:12 error[V017] the realm is 'ledger'" in error
    assert "specs/openapi.yaml:5:11 says x-name: stele" in error


def test_what_is_renamed_bears_the_name_and_nothing_else_changes(beside: Path) -> None:
    texts = renamed(beside, "order_desk", "Order desk")
    for path, text in texts.items():
        assert text.count("\n") == path.read_text().count("\n")
        path.write_text(text)
    assert found(beside, "order_desk") == []
    assert not any("stele" in path.read_text().lower() for path in texts)
    realm = json.loads((beside / REALM).read_text())
    assert (realm["realm"], realm["displayName"]) == ("order_desk", "Order desk")
    (client,) = realm["clients"]
    assert client["protocolMappers"][0]["config"][AUDIENCE] == client["clientId"] == "order_desk"
    held = {role["name"] for role in realm["roles"]["client"]["order_desk"]}
    assert {role for user in realm["users"] for role in user.get("clientRoles", {}).get("order_desk", [])} <= held
    assert tomllib.loads((beside / PROJECT).read_text())["project"]["name"] == "order-desk"
    assert set(renamed(beside, "stele", "Stele").values()) == {
        (ROOT / path.relative_to(beside)).read_text() for path in texts
    }, "and back again it is what it was"


@pytest.mark.parametrize("text", ["[]", "{}", '{"realm": "a", "clients": []}', "not JSON"])
def test_a_realm_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / REALM).parent.mkdir(parents=True)
    (tmp_path / REALM).write_text(text)
    with pytest.raises(Refused, match="is no export of a realm"):
        renamed(tmp_path, "orders", "Orders")

"""What the compiler prints of what is too large for a folder of `cases/`, stands beside a contract, or is imported. The documentation
shows it too."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.pipeline import load
from codegen.project.names import LOCKS, PROJECT, REALM
from tests.codegen.contracts import ROOT, SHIPPED, compose
from tests.codegen.importer.documents import CORPUS, answers, openapi
from tests.codegen.importer.test_trial import ENDLESS

PRINTED = ROOT / "tests" / "codegen" / "printed"
UPDATE = bool(os.environ.get("UPDATE_CASES"))


def compare(name: str, said: str) -> None:
    path = PRINTED / f"{name}.txt"
    if UPDATE:
        path.write_text(said)
    assert said == path.read_text()


def test_a_file_is_too_large(tmp_path: Path) -> None:
    specs = compose("p12_maps", tmp_path)
    (specs / "schemas" / "things.yaml").write_text("# 2 MB and more\n" * 150_000)
    compare("too_large", load(specs).report())


def test_the_realm_has_another_name_than_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in [ROOT / REALM, ROOT / PROJECT, *ROOT.glob(LOCKS)]:
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    specs, realm = shutil.copytree(SHIPPED, tmp_path / "specs"), tmp_path / REALM
    realm.write_text(realm.read_text().replace('"realm": "stele"', '"realm": "ledger"'))
    assert main(["--specs", str(specs), "--out", str(ROOT / "generated"), "check"]) == 1
    compare("other_name", capsys.readouterr().err)


@pytest.mark.parametrize("name", ["tasks.fastapi30", "boats.rswag30", "chat"])
def test_a_document_arrives_with_losses(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CORPUS)
    assert main(["--specs", str(SHIPPED), "import", f"{name}.yaml", "--into", str(tmp_path / "specs")]) == 0
    compare(f"import_{name}", capsys.readouterr().out.rpartition("\n")[0].rpartition("\n")[0] + "\n")


def test_a_document_is_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text("swagger: '2.0'\n")
    assert main(["--specs", str(SHIPPED), "import", "old.yaml", "gone.yaml", "--into", "specs"]) == 1
    compare("import_refused", capsys.readouterr().err)


def test_what_became_of_an_operation_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = {"/a": {"get": {"responses": answers({"$ref": "#/components/schemas/Endless"})}}}
    Path("api.json").write_text(json.dumps(openapi(paths, {"Endless": ENDLESS})))
    assert main(["--specs", str(SHIPPED), "import", "api.json", "--into", "specs"]) == 0
    told = capsys.readouterr()
    compare("import_trial", told.out + told.err)

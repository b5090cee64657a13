"""`python -m codegen import` as people give it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codegen.__main__ import main
from tests.codegen.contracts import SHIPPED
from tests.codegen.importer.documents import CORPUS, answers, openapi

PETS = str(CORPUS / "pets.yaml")


def run(*arguments: str, form: str = "text") -> int:
    return main(["--specs", str(SHIPPED), "--format", form, "import", *arguments])


def texts(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_writes_specs_and_prints_every_loss_and_the_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(PETS, "--into", str(tmp_path / "specs")) == 0
    out = capsys.readouterr().out
    assert "lost[I015] the header 'X-Rate-Limit' of an answer of GET /user/login is left out" in out
    assert out.splitlines()[-2:] == [
        "14 of 14 operations arrived",
        f"{tmp_path / 'specs'} is written; now `make generate`",
    ]


def test_importing_again_changes_no_byte_and_a_changed_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "specs"
    assert run(PETS, "--into", str(into)) == 0
    first = texts(into)
    assert run(PETS, "--into", str(into)) == 0
    assert texts(into) == first
    (into / "policy.yaml").write_bytes(first["policy.yaml"] + b"# mine\n")
    capsys.readouterr()
    assert run(PETS, "--into", str(into)) == 2
    assert "--force" in capsys.readouterr().err
    assert (into / "policy.yaml").read_bytes().endswith(b"# mine\n")
    assert run(PETS, "--into", str(into), "--force") == 0
    assert (tmp_path / "specs.before-import" / "policy.yaml").read_bytes().endswith(b"# mine\n")
    assert texts(into) == first


def test_the_report_may_be_a_file_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert run(PETS, "--into", str(tmp_path / "specs"), "--report", str(report), form="json") == 0
    found = json.loads(report.read_text())
    assert found["operations"] == {"arrived": 14, "total": 14}
    assert {"file", "line", "column", "rule", "severity", "message", "fix"} <= set(found["findings"][0])
    assert capsys.readouterr().out == ""


def test_what_cannot_be_read_is_said_in_the_form_of_findings_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.yaml").write_text("swagger: '2.0'\n")
    assert run(str(tmp_path / "old.yaml"), str(tmp_path / "gone.yaml"), "--into", str(tmp_path / "specs")) == 1
    err = capsys.readouterr().err
    assert "old.yaml:1:1 error[I001] this is Swagger '2.0'" in err
    assert "gone.yaml:1:1 error[I002] there is no file" in err
    assert "2 findings; nothing was written." in err
    assert not (tmp_path / "specs").exists()


def test_findings_are_printed_for_machines_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.yaml").write_text("swagger: '2.0'\n")
    assert run(str(tmp_path / "old.yaml"), "--into", str(tmp_path / "specs"), form="json") == 1
    assert [one["rule"] for one in json.loads(capsys.readouterr().out)["findings"]] == ["I001"]


def test_the_platform_s_part_needs_owners(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "specs").mkdir()
    assert main(["--specs", str(tmp_path / "specs"), "import", PETS, "--into", str(tmp_path / "new")]) == 2
    assert ".owners" in capsys.readouterr().err


def test_a_document_of_no_operations_leaves_the_platform_s(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(json.dumps(openapi({"/x": {"head": {"responses": answers({})}}})))
    assert run(str(tmp_path / "api.json"), "--into", str(tmp_path / "specs")) == 0
    assert "/health" in (tmp_path / "specs" / "openapi.yaml").read_text()

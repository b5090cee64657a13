"""The other contract is a folder or a commit, and the commit is read without touching the tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.breaking.baseline import NoBaseline, baseline
from tests.codegen.contracts import compose


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    compose("p01_bool", tmp_path)
    for command in (
        ["init", "-q"], ["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one"],
    ):  # fmt: skip
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_a_commit_s_specs_are_a_copy_that_goes_away(repository: Path) -> None:
    proto = repository / "specs" / "proto" / "things.proto"
    committed = proto.read_text()
    proto.write_text("changed")
    with baseline(repository / "specs", "HEAD") as folder:
        assert (folder / "proto" / "things.proto").read_text() == committed
    assert not folder.exists()
    assert proto.read_text() == "changed"


@pytest.mark.parametrize("against", ["nowhere", "--output=x"])
def test_what_is_neither_is_said(repository: Path, against: str) -> None:
    with pytest.raises(NoBaseline), baseline(repository / "specs", against):
        pass


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside"])
def test_a_commit_with_a_link_out_of_specs_is_nothing_to_compare_with(repository: Path, target: str) -> None:
    (repository / "specs" / "link").symlink_to(target)
    for command in (["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "two"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    with pytest.raises(NoBaseline, match="link"), baseline(repository / "specs", "HEAD"):
        pass


def test_the_command_s_exit_code_is_the_verdict(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    specs = repository / "specs"
    command = ["--specs", str(specs), "diff", "--against"]
    assert main([*command, "HEAD"]) == 0
    schema = specs / "schemas" / "things.yaml"
    schema.write_text(schema.read_text().replace("    maybe: {type: boolean}\n", "", 1))
    proto = specs / "proto" / "things.proto"
    proto.write_text(
        proto.read_text().replace(
            "message Thing {\n  bool flag = 1;\n  optional bool maybe = 2;",
            'message Thing {\n  bool flag = 1;\n  reserved 2;\n  reserved "maybe";',
        )
    )
    assert main([*command, "HEAD", "--report", "json"]) == 1
    assert '"rule": "answer-optional-field-removed"' in capsys.readouterr().out
    assert main([*command, "nowhere"]) == 2

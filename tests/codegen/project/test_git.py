"""Git's refusals are those of the commands, and a commit needs nobody to have said who they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.project.git import committed, git


def test_what_git_refuses_is_refused_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"rev-parse HEAD.*not a git repository"):
        git(tmp_path, "rev-parse", "HEAD")


def test_all_there_is_is_committed(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a").write_text("a")
    committed(tmp_path, "Begin")
    assert git(tmp_path, "log", "--format=%s") == "Begin\n"
    assert git(tmp_path, "status", "--porcelain") == ""

"""A feature without its proto file is one finding, and `fix` writes the file."""

from __future__ import annotations

import shutil
from pathlib import Path

from codegen.fix import fix
from codegen.pipeline import load
from tests.codegen.contracts import ROOT


def test_one_finding_stands_for_all_that_is_not_there_and_its_fix_is_whole(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    shutil.copytree(ROOT / "specs", specs)
    (specs / "proto" / "audit_log.proto").unlink()
    (found,) = load(specs).findings
    assert found.rule == "X023"
    assert found.message == "there is no specs/proto/audit_log.proto, and 8 rpcs, messages and enums belong in it"
    assert found.fix == "`make fix` writes it"
    fixed = fix.fix(specs)
    assert not len(fixed.left.findings), fixed.left.report()
    assert list(fixed.texts) == ["specs/proto/audit_log.proto"]

"""The TypeScript runtime's own tests, by Node's test runner on the sources as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.node import NODE, ROOT, judge

HERE = Path(__file__).parent / "typescript"
SOURCE = ROOT / "codegen" / "runtime" / "sdk_typescript"


def test_the_runtime_s_units(tmp_path: Path) -> None:
    """Beside a package.json, which says that they are modules."""
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copytree(SOURCE, tmp_path / "runtime")
    tests = sorted(HERE.glob("*.test.ts"))
    verdict = judge(NODE, "--test", "--test-reporter=spec", *tests, RUNTIME=str(tmp_path / "runtime"))
    assert verdict.accepted, verdict.text
    assert tests
    assert "fail 0" in verdict.text

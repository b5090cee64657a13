"""Each folder of `emit/` is one output: it is in the list, writes files of its own, and knows no other."""

from __future__ import annotations

import ast
from pathlib import Path

from codegen.emit.outputs import OUTPUTS
from tests.codegen.contracts import ROOT, shipped

EMIT = ROOT / "codegen" / "emit"
FOLDERS = sorted(path.parent for path in EMIT.glob("*/__init__.py"))


def imported(path: Path) -> set[str]:
    """The modules that a module imports."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_every_folder_is_in_the_list() -> None:
    assert sorted(emit.__module__ for emit in OUTPUTS) == [f"codegen.emit.{folder.name}.files" for folder in FOLDERS]


def test_no_output_imports_another() -> None:
    for folder in FOLDERS:
        others = tuple(f"codegen.emit.{other.name}" for other in FOLDERS if other != folder)
        for path in folder.glob("*.py"):
            assert [name for name in imported(path) if name.startswith(others)] == [], path


def test_no_two_outputs_write_one_file() -> None:
    paths = [file.path for emit in OUTPUTS for file in emit(shipped())]
    assert len(paths) == len(set(paths))

"""Hand-written code that generated code stands on is copied as it is."""

from __future__ import annotations

import ast

from codegen.emit.service import runtime
from codegen.emit.service.runtime import SOURCE
from tests.codegen.contracts import shipped, shipped_files

TEXTS = {path.name: path.read_text() for path in SOURCE.glob("*.py")}


def test_the_copies_are_equal() -> None:
    assert TEXTS
    for name, text in TEXTS.items():
        assert shipped_files()[name] == text


def test_nothing_else_is_made_but_the_empty_package() -> None:
    files = runtime.emit(shipped())
    assert [file.path for file in files] == ["__init__.py", *sorted(TEXTS)]
    assert files[0].data == b""


def test_what_is_copied_needs_neither_the_compiler_nor_the_service() -> None:
    for text in TEXTS.values():
        modules = {node.module or "" for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
        modules |= {
            one.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for one in node.names
        }
        assert not {"app", "codegen"} & {module.partition(".")[0] for module in modules}

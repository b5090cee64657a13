"""Imports are recorded as symbols are used, and no text of a contract is ever code."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis.strategies import text

from codegen.emit.printer import File, Module, docstring, format_python, quoted


def test_what_is_used_is_imported_once_and_what_is_taken_makes_way() -> None:
    module = Module("a.py", "Doc.", frozenset({"date", "list"}))
    names = [module.use("datetime", "date"), module.use("datetime", "date"), module.builtin("list"), module.use("re")]
    module.line(f"x: {names[2]}[{names[0]}] = []", "y = re")
    tree = ast.parse(module.file().data)
    imports = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert names == ["date_", "date_", "list_", "re"]
    assert imports == ["from __future__ import annotations", "import re", "from datetime import date as date_"]


def test_the_contract_s_own_modules_keep_their_names_and_builtins_are_kept_apart() -> None:
    module = Module("a.py", "Doc.", frozenset({"Artist", "int"}))
    module.export("generated.enums", "Artist")
    assert module.use("generated.models", "Artist") == "Artist"
    assert module.use("elsewhere", "Artist") == "Artist_"
    assert (module.builtin("int"), module.builtin("str")) == ("int_", "str")
    text = module.file().data.decode()
    assert "from generated.enums import Artist as Artist" in text
    assert "from elsewhere import Artist as Artist_" in text
    assert "int_ = int\n" in text


def test_a_call_is_one_line_and_a_module_ends_with_one_newline() -> None:
    module = Module("folder/a.py", "Doc.")
    module.call("x = f", ["1", "b=2"], ".y")
    module.line("", "", "")
    file = module.file()
    assert file.path == "folder/a.py"
    assert file.data.decode() == '"""Doc."""\n\nfrom __future__ import annotations\n\nx = f(1, b=2).y\n'


def test_text_that_is_no_python_does_not_leave() -> None:
    module = Module("a.py", "Doc.")
    module.line("def (:")
    with pytest.raises(SyntaxError):
        module.file()


@settings(max_examples=300, deadline=None, database=None)
@given(text(max_size=50))
def test_any_text_comes_back_from_its_literal_and_its_docstring_is_one_string(value: str) -> None:
    assert ast.literal_eval(quoted(value)) == value
    (statement,) = ast.parse(docstring(value)).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)


def test_the_formatter_sorts_and_lays_out_and_leaves_other_files() -> None:
    files = [File("a.py", b"import re\nimport ast\nx=( 1 )\n"), File("b.json", b"{ }")]
    laid_out = {file.path: file.data.decode() for file in format_python(files)}
    assert laid_out == {"a.py": "import ast\nimport re\n\nx = 1\n", "b.json": "{ }"}

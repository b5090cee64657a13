"""The rules of the tree as functions from a root folder to what breaks them; tests run them here and on planted trees."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 50
MEDIAN_MODULE_LINES = 130
MEDIAN_FUNCTION_LINES = 10
DOCUMENTED = 80
"""Per cent of the modules and public classes of a package, at least."""
DRAWERS = {"utils", "core", "common", "helpers", "managers", "base", "constants", "misc"}
CONSTANT_MAKERS = {"re.compile", "frozenset", "TypeVar", "ParamSpec", "logging.getLogger", "structlog.get_logger", "structlog.stdlib.get_logger",
                   "Path", "struct.Struct", "ContextVar", "datetime", "Text", "DateTime", "Duration", "Place", "Index", "Table", "table", "range", "tuple",
                   "Label", "Part"}  # fmt: skip
PACKAGES = ("app", "codegen", "proof")
WHOLE = {
    "test_cases.py",
    "test_corpus.py",
    "test_large.py",
    "test_executed.py",
    "test_every_keyword.py",
    "test_agreement.py",
    "test_hostile.py",
    "test_hostile_files.py",
    "test_fuzz.py",
    "test_verdicts.py",
    "test_live.py",
    "test_mutants.py",
    "test_foreign.py",
    "test_seeded_bugs.py",
}
"""Test modules of the whole compiler, of the whole gate, or of an engine against a service that runs."""


def modules(root: Path) -> list[Path]:
    found = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    return [path for path in found if path.read_text().strip()]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def oversized(root: Path) -> list[str]:
    """Modules and functions beyond their budgets, and medians beyond theirs."""
    found, module_lines, function_lines = [], [], []
    for path in modules(root):
        lines = len(path.read_text().splitlines())
        module_lines.append(lines)
        if lines > MAX_MODULE_LINES:
            found.append(f"{path.relative_to(root)} has {lines} lines")
        for node in functions(ast.parse(path.read_text())):
            function_lines.append(length(node))
            if length(node) > MAX_FUNCTION_LINES:
                found.append(f"{path.relative_to(root)}:{node.name} has {length(node)} lines")
    if module_lines and statistics.median(module_lines) > MEDIAN_MODULE_LINES:
        found.append(f"the median module has {statistics.median(module_lines)} lines")
    if function_lines and statistics.median(function_lines) > MEDIAN_FUNCTION_LINES:
        found.append(f"the median function has {statistics.median(function_lines)} lines")
    return found


def late_imports(root: Path) -> list[str]:
    """Imports below the top of a module."""
    return [
        f"{path.relative_to(root)}:{inner.lineno}"
        for path in modules(root)
        for node in functions(ast.parse(path.read_text()))
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def import_time_objects(root: Path) -> list[str]:
    """Objects that importing a module makes; constants made by a closed list of calls are none."""
    found = []
    for path in modules(root):
        if "migrations" in path.parts:
            continue
        for node in ast.parse(path.read_text()).body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) else None
            if isinstance(value, ast.Call) and not _is_constant(value):
                found.append(f"{path.relative_to(root)}:{node.lineno} {ast.unparse(value.func)}")
    return found


def _is_constant(call: ast.Call) -> bool:
    return ast.unparse(call.func) in CONSTANT_MAKERS


def drawers(root: Path) -> list[str]:
    return [
        str(path.relative_to(root))
        for package in PACKAGES
        for path in (root / package).rglob("*")
        if path.stem in DRAWERS and "node_modules" not in path.parts
    ]


def without_init(root: Path) -> list[str]:
    """Folders of the service that are no packages: contracts of imports do not see what is in them."""
    folders = {path.parent for path in (root / "app").rglob("*.py") if path.parent.name not in {"versions", "platform"}}
    return sorted(str(folder.relative_to(root)) for folder in folders if not (folder / "__init__.py").exists())


def missing_module_docstrings(root: Path) -> list[str]:
    return [
        str(path.relative_to(root)) for path in modules(root) if ast.get_docstring(ast.parse(path.read_text())) is None
    ]


def too_few_docstrings(root: Path) -> list[str]:
    """Packages of which too few modules and public classes say what they are."""
    found = []
    for package in PACKAGES:
        nodes = [node for path in (root / package).rglob("*.py") for node in _to_document(ast.parse(path.read_text()))]
        said = sum(ast.get_docstring(node) is not None for node in nodes)
        if said * 100 < DOCUMENTED * len(nodes):
            found.append(f"{package}: {said} of {len(nodes)}")
    return found


def _to_document(module: ast.Module) -> Iterator[ast.Module | ast.ClassDef]:
    yield module
    yield from (node for node in ast.walk(module) if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))


def unreasoned_suppressions(root: Path) -> list[str]:
    """`type: ignore` and `noqa` need a reason on their line."""
    pattern = re.compile(r"#\s*(?:type:\s*ignore\S*|noqa\S*(?:\s[A-Z]+\d+)?)\s*$")
    return [
        f"{path.relative_to(root)}:{number}"
        for package in (*PACKAGES, "tests", "generated")
        for path in sorted((root / package).rglob("*.py"))
        if "proto" not in path.parts and "node_modules" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def mocks(root: Path) -> list[str]:
    needles = ("mock" + ".patch", "Magic" + "Mock", "monkeypatch" + ".setattr")
    return [
        f"{path.relative_to(root)}: {needle}"
        for path in sorted((root / "tests").rglob("*.py"))
        for needle in needles
        if needle in path.read_text()
    ]


def without_test(root: Path) -> list[str]:
    """Modules whose test module is missing. Steps of the schema and what is copied into `generated/` have none of their own,
    and neither has a module that says only what will be in it. A feature of the product has one, or a folder."""
    found = []
    for path in modules(root):
        relative = path.relative_to(root)
        if path.name == "__init__.py" or {"versions", "platform", "runtime"} & set(relative.parts) or _is_empty(path):
            continue
        mirror = root / "tests" / relative.parent / f"test_{path.stem.strip('_')}.py"
        if not mirror.exists() and not _has_product_tests(root, relative):
            found.append(str(relative))
    return found


def _has_product_tests(root: Path, module: Path) -> bool:
    if module.parts[:2] != ("app", "features"):
        return False
    tests, feature = root / "tests" / "features", module.parts[2]
    return (tests / f"test_{feature}.py").exists() or any((tests / feature).glob("test_*.py"))


def _is_empty(path: Path) -> bool:
    """Whether a module has a docstring, imports, and classes that have no more than a docstring."""
    body = [
        one
        for node in ast.parse(path.read_text()).body
        for one in (node.body if isinstance(node, ast.ClassDef) else [node])
    ]
    quiet = ast.Import | ast.ImportFrom
    return all(isinstance(node, quiet) or _is_text(node) for node in body)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def without_mirror(root: Path) -> list[str]:
    """Test modules whose module is gone."""
    found = []
    for package in PACKAGES:
        for path in sorted((root / "tests" / package).rglob("test_*.py")):
            module = root / path.relative_to(root / "tests").with_name(path.name.removeprefix("test_"))
            main = module.with_name("__main__.py") if module.name == "main.py" else module
            if not module.exists() and not main.exists() and path.name not in WHOLE:
                found.append(str(path.relative_to(root)))
    return found

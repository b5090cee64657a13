"""The Python of what goes: an operation's method, or a feature's modules, its tests and its registration."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

from codegen.diagnostics import Refused
from codegen.registration import ServiceCode, unregistered


def without_method(text: str, name: str) -> str:
    """A handler without a method and its decorators; what only that method used is a person's, imports apart. The text
    as it is where it has no such method."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.AsyncFunctionDef) and node.name == name]
    lines = text.splitlines(keepends=True)
    for node in found:
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        start = first - 1
        while start > 0 and not lines[start - 1].strip():
            start -= 1
        del lines[start : node.end_lineno]
    return "".join(lines)


def parts_of(code: ServiceCode, feature: str) -> list[Path]:
    """The folders and files that go with a feature. Raises Refused where one has work that no commit has."""
    tests = code.tests(feature)
    found = [path for path in (code.features / feature, tests.with_name(feature), tests) if path.exists()]
    for path in found:
        command = ["git", "status", "--porcelain", "--", path.name]
        status = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
        if status.returncode == 0 and status.stdout:
            raise Refused(f"{path} has changes that no commit has; commit them first:\n{status.stdout.rstrip()}")
    return found


def product_without(code: ServiceCode, feature: str) -> dict[Path, str]:
    """Nothing where the service has no `app/product.py`."""
    if not code.product.exists():
        return {}
    return {code.product: unregistered(code.product.read_text(encoding="utf-8"), feature)}


def coverage_without(code: ServiceCode, names: set[str]) -> dict[Path, str]:
    """What was seen of an operation or an event goes with it; nothing where it is not JSON, which `make check` says."""
    try:
        found = json.loads(code.coverage.read_text(encoding="utf-8"))
        left = {name: words for name, words in found.items() if name not in names}
    except (OSError, ValueError, AttributeError):
        return {}
    return {} if left == found else {code.coverage: json.dumps(left, indent=2, ensure_ascii=False) + "\n"}


def tables_of(code: ServiceCode, feature: str) -> list[str]:
    """The names of the feature's tables, as its module writes them. Without running it: a name that is computed is not
    found."""
    module = code.of(feature, "tables.py")
    tree = ast.parse(module.read_text(encoding="utf-8")) if module.exists() else ast.Module([], [])
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == "__tablename__" for one in node.targets
        ):
            found.append(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Table":
            found += node.args[:1]
    return sorted(str(one.value) for one in found if isinstance(one, ast.Constant))


def mentions(code: ServiceCode, words: re.Pattern[str]) -> list[str]:
    """Modules of the service and its tests that still name one of these; what is left for a person to read."""
    root = code.features.parents[1]
    paths = [
        path for folder in (code.features.parent, root / "tests") if folder.is_dir() for path in folder.rglob("*.py")
    ]
    found = (path for path in sorted(paths) if words.search(path.read_text(encoding="utf-8", errors="replace")))
    return [path.relative_to(root).as_posix() for path in found]

"""Where a service names its features (`app/product.py`), as commands write it: one more, or one less.

Promises: what stands beside stays as it is. Raises Refused where the module has another form, before anything is written.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.diagnostics import Refused
from codegen.ir.names import pascal

PRODUCT = "product.py"


@dataclass(frozen=True, slots=True)
class ServiceCode:
    """`features` is the folder of the features, in the package of the service."""

    features: Path

    @property
    def product(self) -> Path:
        return self.features.parent / PRODUCT

    def of(self, feature: str, module: str) -> Path:
        return self.features / feature / module

    def tests(self, feature: str) -> Path:
        """The module of a feature's tests; a folder named as the feature may stand beside it."""
        return self.features.parents[1] / "tests" / "features" / f"test_{feature}.py"

    @property
    def coverage(self) -> Path:
        """What tests were seen to reach of each operation and event (docs/proof.md)."""
        return self.features.parents[1] / "tests" / "features" / "coverage.json"


@dataclass(frozen=True, slots=True)
class _Product:
    call: ast.Call
    tables: ast.Tuple
    first_import: int


def write(texts: Mapping[Path, str], sort: str = "I") -> None:
    """Writes modules, and lays them out as the project's own settings say; `sort` are the rules that ruff mends, in their order: what
    is taken out of a line makes it shorter before it is broken."""
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    ruff, files = [sys.executable, "-m", "ruff"], [str(path) for path in texts if path.suffix == ".py"]
    if files:
        for rule in sort.split(","):
            subprocess.run([*ruff, "check", "-q", "--select", rule, "--fix", *files], check=False)
        subprocess.run([*ruff, "format", "-q", *files], check=False)


def registered(text: str, feature: str, repository: str = "", handler: str = "") -> str:
    """The product with one more feature: its imports, its handler, its tables. `handler` is the expression that makes it, of
    the class of the feature's name; without one it needs its repository alone."""
    read, kind = _read(text), pascal(feature)
    repository = repository or f"{kind}Repository"
    imports = (
        f"from app.features.{feature} import tables as {feature}_tables\n"
        f"from app.features.{feature}.handler import {kind}\n"
        f"from app.features.{feature}.repository import {repository}\n"
    )
    handler, tables = f"{feature}={handler or f'{kind}({repository}())'}", f"{feature}_tables"
    added = [(_line_start(text, read.first_import), imports)]
    if read.call.keywords:
        added.append((_end(text, read.call.keywords[-1].value), f", {handler}"))
    else:
        added.append((_end(text, read.call) - 1, handler))
    if read.tables.elts:
        added.append((_end(text, read.tables.elts[-1]), f", {tables}"))
    else:
        added.append((_end(text, read.tables) - 1, f"{tables},"))
    for offset, inserted in sorted(added, reverse=True):
        text = text[:offset] + inserted + text[offset:]
    return text


def unregistered(text: str, feature: str) -> str:
    """The product without a feature; imports that are needed no more are ruff's to remove."""
    read = _read(text)
    spans = [_span(text, read.call.keywords, one) for one in read.call.keywords if one.arg == feature]
    module = f"app.features.{feature}"
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom)]
    ours = [node for node in nodes if node.module == module or (node.module or "").startswith(f"{module}.")]
    names = {alias.asname or alias.name for node in ours for alias in node.names}
    spans += [
        _span(text, read.tables.elts, one) for one in read.tables.elts if isinstance(one, ast.Name) and one.id in names
    ]
    spans += [
        (_line_start(text, node.lineno), _line_start(text, (node.end_lineno or node.lineno) + 1)) for node in ours
    ]
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


def _span(text: str, among: Sequence[ast.keyword] | Sequence[ast.expr], one: ast.keyword | ast.expr) -> tuple[int, int]:
    """An element with the comma that parts it from its neighbour, or that stands behind the only one."""
    index, end = [id(each) for each in among].index(id(one)), _end(text, one)
    if index + 1 < len(among):
        return _start(text, one), _start(text, among[index + 1])
    if index:
        return _end(text, among[index - 1]), end
    comma = re.match(r"\s*,", text[end:])
    return _start(text, one), end + (comma.end() if comma else 0)


def _read(text: str) -> _Product:
    module = ast.parse(text)
    call = next((node for node in ast.walk(module) if isinstance(node, ast.Call) and _is(node.func, "Handlers")), None)
    found = (node.value for node in module.body if isinstance(node, ast.AnnAssign) and _is(node.target, "TABLES"))
    tables = next(found, None)
    imports = (node for node in module.body if isinstance(node, ast.ImportFrom) and node.module != "__future__")
    first = next(imports, None)
    if call is None or first is None or not isinstance(tables, ast.Tuple):
        raise Refused(f"{PRODUCT} has no `TABLES: … = (…)` and no call of `Handlers`")
    return _Product(call, tables, first.lineno)


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _line_start(text: str, number: int) -> int:
    return sum(len(line) for line in text.splitlines(keepends=True)[: number - 1])


def _offset(text: str, line: int, column: int) -> int:
    """Columns of `ast` count bytes."""
    whole = text.splitlines(keepends=True)[line - 1]
    return _line_start(text, line) + len(whole.encode()[:column].decode())


def _start(text: str, node: ast.keyword | ast.expr) -> int:
    return _offset(text, node.lineno, node.col_offset)


def _end(text: str, node: ast.keyword | ast.expr) -> int:
    return _offset(text, node.end_lineno or node.lineno, node.end_col_offset or 0)

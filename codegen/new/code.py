"""The Python of a new operation: its method, and for a new feature the modules, the registration and a test module.

Promises: only inserts into what is there. A service without `app/product.py` has its handlers registered by hand.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.ir.names import pascal
from codegen.new.operation import NewOperation, Refused

TODO = "is not implemented yet"
PRODUCT = "product.py"


@dataclass(frozen=True, slots=True)
class Place:
    """`features` is the folder of the features, in the package of the service."""

    features: Path

    @property
    def product(self) -> Path:
        return self.features.parent / PRODUCT

    def of(self, feature: str, module: str) -> Path:
        return self.features / feature / module

    def test(self, feature: str) -> Path:
        return self.features.parents[1] / "tests" / self.features.parent.name / "features" / feature / "test_handler.py"


def sources(place: Place, wanted: NewOperation) -> dict[Path, str]:
    """The new text of every module that changes. Raises Refused where one has another form."""
    handler = place.of(wanted.feature, "handler.py")
    if handler.exists():
        return {handler: with_method(handler.read_text(encoding="utf-8"), wanted)}
    texts = {
        place.of(wanted.feature, "__init__.py"): "",
        place.of(wanted.feature, "tables.py"): _tables(wanted),
        place.of(wanted.feature, "repository.py"): _repository(wanted),
        handler: with_method(_handler(wanted), wanted),
    }
    if place.product.exists():
        texts[place.product] = registered(place.product.read_text(encoding="utf-8"), wanted.feature)
        texts[place.test(wanted.feature)] = _test(wanted)
    return texts


def write(texts: Mapping[Path, str]) -> None:
    """Writes them, and lays them out as the project's own settings say."""
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    ruff, files = [sys.executable, "-m", "ruff"], [str(path) for path in texts if path.suffix == ".py"]
    subprocess.run([*ruff, "check", "-q", "--select", "I", "--fix", *files], check=False)
    subprocess.run([*ruff, "format", "-q", *files], check=False)


def with_method(text: str, wanted: NewOperation) -> str:
    """The handler with a method to fill in, at the end of its class."""
    request, result = f"{wanted.stem}Request", wanted.answer or "None"
    method = (
        f"\n    @override\n    async def {wanted.name}(self, context: Context, request: {request}) -> {result}:\n"
        f'        raise NotImplementedError("{wanted.name} {TODO}")\n'
    )
    imports = f"from generated.models import {request}\n"
    imports += f"from generated.results import {result}\n" if wanted.answer else ""
    lines = text.splitlines(keepends=True)
    module = ast.parse(text)
    kind = next((node for node in module.body if isinstance(node, ast.ClassDef)), None)
    first = next(
        (node for node in module.body if isinstance(node, ast.ImportFrom) and node.module != "__future__"), None
    )
    if kind is None or first is None:
        raise Refused(f"the handler of {wanted.feature} has no class with imports above it to add a method to")
    end = kind.end_lineno or len(lines)
    lines[end:end] = [method]
    lines[first.lineno - 1 : first.lineno - 1] = [imports]
    return "".join(lines)


def registered(text: str, feature: str) -> str:
    """The product with one more feature: its imports, its handler, its tables."""
    module, kind = ast.parse(text), pascal(feature)
    call = next((node for node in ast.walk(module) if isinstance(node, ast.Call) and _is(node.func, "Handlers")), None)
    tables = next(
        (node.value for node in module.body if isinstance(node, ast.AnnAssign) and _is(node.target, "TABLES")), None
    )
    first = next(
        (node for node in module.body if isinstance(node, ast.ImportFrom) and node.module != "__future__"), None
    )
    if call is None or not call.keywords or first is None or not isinstance(tables, ast.Tuple) or not tables.elts:
        raise Refused(f"{PRODUCT} has no `TABLES` and no call of `Handlers` to add {feature} to")
    imports = (
        f"from app.features.{feature} import tables as {feature}_tables\n"
        f"from app.features.{feature}.handler import {kind}\n"
        f"from app.features.{feature}.repository import {kind}Repository\n"
    )
    added = [
        (_offset(text, call.keywords[-1].value), f", {feature}={kind}({kind}Repository())"),
        (_offset(text, tables.elts[-1]), f", {feature}_tables"),
        (_line_start(text, first.lineno), imports),
    ]
    for offset, inserted in sorted(added, reverse=True):
        text = text[:offset] + inserted + text[offset:]
    return text


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _line_start(text: str, number: int) -> int:
    return sum(len(line) for line in text.splitlines(keepends=True)[: number - 1])


def _offset(text: str, node: ast.expr) -> int:
    """Where a node ends; columns of `ast` count bytes."""
    line = text.splitlines(keepends=True)[(node.end_lineno or 1) - 1]
    return _line_start(text, node.end_lineno or 1) + len(line.encode()[: node.end_col_offset].decode())


def _words(wanted: NewOperation) -> str:
    return wanted.feature.replace("_", " ")


def _handler(wanted: NewOperation) -> str:
    name, kind = wanted.feature, pascal(wanted.feature)
    return (
        f'"""What the {_words(wanted)} operations do."""\n\nfrom __future__ import annotations\n\n'
        "from typing_extensions import override\n\nfrom app.execution.context import Context\n"
        f"from app.features.{name}.repository import {kind}Repository\n"
        f"from generated.handlers import {kind}Handler\n\n\n"
        f"class {kind}({kind}Handler[Context]):\n"
        f"    def __init__(self, repository: {kind}Repository) -> None:\n        self._repository = repository\n"
    )


def _repository(wanted: NewOperation) -> str:
    return (
        f'"""The rows of {_words(wanted)} in PostgreSQL; each statement is compiled once, when the repository is made."""\n\n'
        f"from __future__ import annotations\n\n\nclass {pascal(wanted.feature)}Repository:\n"
        '    """A method takes the executor of its call (`context.db`) first, and so runs in the call\'s transaction."""\n'
    )


def _tables(wanted: NewOperation) -> str:
    return (
        f'"""The tables of {_words(wanted)}; after a change here, `make migration` writes the step of the schema."""\n'
    )


def _test(wanted: NewOperation) -> str:
    module = f"app.features.{wanted.feature}"
    return (
        f'"""What the {_words(wanted)} operations do."""\n\nfrom __future__ import annotations\n\n'
        f"import inspect\n\nfrom {module} import handler\n\n\n"
        "def test_every_operation_is_written() -> None:\n"
        '    """Stands here until tests of the operations take its place."""\n'
        f'    assert "{TODO}" not in inspect.getsource(handler)\n'
    )

"""The Python of a new operation: its method, and for a new feature the modules, the registration and a test module.

Promises: only inserts into what is there. A service without `app/product.py` has its handlers registered by hand.
"""

from __future__ import annotations

import ast
from pathlib import Path

from codegen.diagnostics import Refused
from codegen.ir.names import pascal
from codegen.new.operation import NewOperation
from codegen.registration import ServiceCode, registered

UNWRITTEN = "is not implemented yet"
"""Of a method that waits for a person: `make check` looks for these words, and refuses a tree that has them."""


def sources(place: ServiceCode, wanted: NewOperation) -> dict[Path, str]:
    """The new text of every module that changes. Raises Refused where one has another form. Writes nothing. For a
    feature that is there only its handler changes."""
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
        texts[place.tests(wanted.feature)] = _test(wanted)
    return texts


def with_method(text: str, wanted: NewOperation) -> str:
    """The handler with a method to fill in, at the end of its class. Two lines of imports may stand twice then; ruff
    sorts and joins them."""
    request, result = f"{wanted.stem}Request", wanted.answer or "None"
    method = (
        f"\n    @override\n    async def {wanted.name}(self, context: Context, request: {request}) -> {result}:\n"
        f'        raise NotImplementedError("{wanted.name} {UNWRITTEN}")\n'
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
        f'    assert "{UNWRITTEN}" not in inspect.getsource(handler)\n'
    )

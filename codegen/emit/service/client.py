"""`generated/client.py`: the Python client under a name that is the same in every product, for the tests of the tree."""

from __future__ import annotations

from codegen.emit.client_names import PYTHON_ROOT, python_package
from codegen.emit.printer import File, Module
from codegen.ir.operations import Contract

EXPORTS = {
    "errors": "",
    "models": "",
    "topics": "",
    "AsyncClient": "",
    "Client": "",
    "FileContent": "",
    "AsyncEventStream": ".runtime.events_async",
    "plain": ".runtime.json_codec",
}
"""What is exported, and of which module of the package."""


def emit(contract: Contract) -> list[File]:
    module = Module("client.py", "The client for Python, for this tree's tests. Generated; do not edit.")
    package = f"generated.{PYTHON_ROOT}.{python_package(contract)}"
    for symbol, home in EXPORTS.items():
        module.export(f"{package}{home}", symbol)
    return [module.file()]

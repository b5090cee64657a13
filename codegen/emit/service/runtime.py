"""Hand-written code that generated code stands on, copied byte for byte from `codegen/runtime/service`."""

from __future__ import annotations

from pathlib import Path

from codegen.emit.printer import File
from codegen.ir.operations import Contract

SOURCE = Path(__file__).parents[2] / "runtime" / "service"


def emit(contract: Contract) -> list[File]:
    copied = [File(path.name, path.read_bytes()) for path in sorted(SOURCE.glob("*.py"))]
    return [File("__init__.py", b""), *copied]

"""The list of what is made of a contract. Another output, such as a client for one more language, is a folder and a line here.

An output is a pure function from the contract to files: it reads neither YAML, nor `generated/`, nor a clock; what two of them
need stands beside this list.
"""

from __future__ import annotations

from collections.abc import Callable

from codegen.emit.documents import files as documents
from codegen.emit.observability import files as observability
from codegen.emit.printer import File
from codegen.emit.python_client import files as python_client
from codegen.emit.service import files as service
from codegen.emit.typescript_client import files as typescript_client
from codegen.ir.operations import Contract

OUTPUTS: tuple[Callable[[Contract], list[File]], ...] = (
    documents.emit,
    service.emit,
    python_client.emit,
    typescript_client.emit,
    observability.emit,
)

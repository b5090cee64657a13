"""`generated/specs/`: the whole contract as the documents that the service serves and other tools read."""

from __future__ import annotations

from codegen.emit.documents import asyncapi, client, openapi
from codegen.emit.printer import File
from codegen.ir.operations import Contract


def emit(contract: Contract) -> list[File]:
    return [*openapi.emit(contract), *asyncapi.emit(contract), *client.emit(contract)]

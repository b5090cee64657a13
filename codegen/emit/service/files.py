"""The top of `generated/`: what the service imports; one module here per file there."""

from __future__ import annotations

from collections.abc import Callable

from codegen.emit.printer import File
from codegen.emit.service import (
    checks,
    client,
    errors,
    handlers,
    http_routes,
    models,
    operations,
    product,
    proto,
    results,
    runtime,
    topics,
    wire,
    ws_packages,
)
from codegen.ir.operations import Contract

MODULES: tuple[Callable[[Contract], list[File]], ...] = (
    runtime.emit,
    errors.emit,
    models.emit,
    results.emit,
    product.emit,
    operations.emit,
    topics.emit,
    handlers.emit,
    proto.emit,
    checks.emit,
    wire.emit,
    http_routes.emit,
    ws_packages.emit,
    client.emit,
)


def emit(contract: Contract) -> list[File]:
    return [file for each in MODULES for file in each(contract)]

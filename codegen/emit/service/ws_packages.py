"""`generated/ws_packages.py`: what answers each PkgID of the socket, and who says who may follow."""

from __future__ import annotations

from codegen.emit.printer import File, Module, quoted
from codegen.ir.operations import Contract
from codegen.ir.topics import events_of, guarded_topics, question


def emit(contract: Contract) -> list[File]:
    module = Module("ws_packages.py", "What answers each PkgID of the socket. Generated; do not edit.")
    module.use("generated.bindings", "Package")
    numbered = [one for one in contract.operations if one.pkg_id is not None]
    if numbered:
        module.use("generated.operations", "OPERATIONS")
        module.use("generated.wire", "CODECS")
    module.line("", "PACKAGES: dict[int, Package] = {")
    for operation in sorted(numbered, key=lambda one: one.pkg_id or 0):
        name = quoted(operation.name)
        method = f"lambda handlers: handlers.{operation.feature}.{operation.name}"
        module.call(f"    {operation.pkg_id}: Package", [f"OPERATIONS[{name}]", f"CODECS[{name}]", method], ",")
    module.line("}")
    _guards(module, contract)
    return [module.file()]


def _guards(module: Module, contract: Contract) -> None:
    module.use("generated.bindings", "Guard")
    guarded = guarded_topics(contract)
    if guarded:
        module.use("generated.operations", "QUESTIONS")
    module.line("", "GUARDS: dict[str, Guard] = {")
    for topic in guarded:
        method = f"lambda handlers: handlers.{events_of(contract, topic.name)[0].feature}.{question(topic.name)}"
        module.call(f"    {quoted(topic.name)}: Guard", [f"QUESTIONS[{quoted(topic.name)}]", method], ",")
    module.line("}", '"""By topic: who says who may follow it."""')

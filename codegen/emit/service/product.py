"""`generated/product.py`: the product's name, which metrics, keys, the realm and the database's sessions begin with or bear."""

from __future__ import annotations

from codegen.emit.printer import File, Module, quoted
from codegen.ir.operations import Contract


def emit(contract: Contract) -> list[File]:
    module = Module("product.py", "The product's name, as the contract's `info` says it. Generated; do not edit.")
    module.line("", f"NAME = {quoted(contract.info.product)}", f"TITLE = {quoted(contract.info.title)}")
    return [module.file()]

"""Every type has a value that ends; else nobody could send one."""

from __future__ import annotations

from codegen.diagnostics import Findings
from codegen.ir.operations import Contract
from codegen.ir.reach import endless


def check_finite(contract: Contract, findings: Findings) -> None:
    """S027, once for each type that only values without an end would satisfy."""
    for name in endless(contract.definitions):
        message = f"every value of {name} holds another value of a type that holds it"
        fix = "let a field be absent or null, a list be empty, or a union have an arm without it"
        findings.add("S027", contract.definitions[name].place, message, fix=fix)

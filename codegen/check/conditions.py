"""Preconditions compare versions, which are whole numbers: the field of `If-Match` must be one."""

from __future__ import annotations

from codegen.diagnostics import Findings
from codegen.ir.operations import Contract
from codegen.ir.types import Int, describe
from codegen.parse.http_request import IF_MATCH


def check_conditions(contract: Contract, findings: Findings) -> None:
    for operation in contract.operations:
        for parameter in operation.http.parameters if operation.http else ():
            one = operation.request.field(parameter.field)
            if one and parameter.carrier.lower() == IF_MATCH and not isinstance(one.type, Int):
                message = f"If-Match of {operation.name} carries {one.name!r}, which is {describe(one.type)}"
                findings.add(
                    "O010", operation.place, message, other=(one.place, "says so"), fix="name an integer field"
                )

"""Streams: the three dialects say it each in its own words, and must say the same."""

from __future__ import annotations

from codegen.diagnostics import Findings
from codegen.ir.names import pascal
from codegen.ir.operations import Contract
from codegen.parse.proto import ProtoDialect


def check_streams(contract: Contract, proto: ProtoDialect, findings: Findings) -> None:
    """X024. That HTTP and the socket agree is seen where they are joined (J006)."""
    for operation in contract.operations:
        rpc = proto.rpcs.get(pascal(operation.name))
        if rpc is None or rpc.streams == operation.result.is_stream:
            continue
        told, other = ("returns a stream", "answers once") if rpc.streams else ("returns once", "is a stream")
        fix = f"return ({'' if rpc.streams else 'stream '}{rpc.output})"
        if rpc.streams:
            fix += ", or answer application/x-ndjson over HTTP and by StreamReply at the socket"
        findings.add(
            "X024",
            rpc.place,
            f"rpc {rpc.name} {told}",
            other=(operation.place, f"{operation.name} {other}"),
            fix=fix,
        )

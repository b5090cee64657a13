"""Bytes over HTTP: where they may stand, and that no message is promised for them."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.diagnostics import Findings
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Field, File, ListOf, MapOf, Record, Type, file_of


def check_bytes(contract: Contract, findings: Findings) -> None:
    for definition in contract.definitions.values():
        if isinstance(definition, Record):
            _refuse(definition.name, (one for one in definition.fields if _holds_bytes(one.type)), findings)
    for operation in contract.operations:
        fields = [one for one in operation.request.fields if _holds_bytes(one.type)]
        _refuse(operation.name, (one for one in fields if not _is_part(operation, one)), findings)
        if operation.has_bytes:
            _check_rpc(operation, findings)
            _check_count(operation, findings)
        if operation.result.file:
            _check_answer(operation, findings)


def _check_count(operation: Operation, findings: Findings) -> None:
    for one in operation.request.fields:
        if isinstance(one.type, ListOf) and file_of(one.type) and one.type.max_items is None:
            message = f"{operation.name}.{one.member} is any number of files"
            findings.add("S041", one.place, message, fix="write `maxItems: 10`")


def _refuse(owner: str, fields: Iterator[Field], findings: Findings) -> None:
    for one in fields:
        fix = (
            "write `contentEncoding: base64` for a few bytes in JSON; more are a body, or a part of multipart/form-data"
        )
        findings.add("S042", one.place, f"{owner}.{one.member} is bytes inside of JSON, or of a parameter", fix=fix)


def _check_rpc(operation: Operation, findings: Findings) -> None:
    if operation.has_rpc:
        message = f"{operation.name} carries bytes over HTTP, and has an rpc"
        findings.add("J015", operation.place, message, fix="remove the rpc: a message is held in memory")


def _check_answer(operation: Operation, findings: Findings) -> None:
    if operation.idempotency == "key":
        fix = "write natural or none; what was made may have an address of its own"
        findings.add("V018", operation.place, f"{operation.name} answers bytes and has x-idempotent: key", fix=fix)
    for header in operation.http.response_headers if operation.http else ():
        message = f"the response header {header.carrier!r} of {operation.name} carries {header.field!r} of bytes"
        fix = "remove it: type, length, name and entity tag come from the handler's Download"
        findings.add("O010", operation.place, message, fix=fix)


def _is_part(operation: Operation, one: Field) -> bool:
    http = operation.http
    stands_alone = not isinstance(one.type, MapOf) and not (
        isinstance(one.type, ListOf) and isinstance(one.type.item, ListOf | MapOf)
    )
    is_body = http is not None and one.name in (http.body or ()) and (http.form or http.file == one.name)
    return is_body and stands_alone


def _holds_bytes(kind: Type) -> bool:
    if isinstance(kind, ListOf):
        return _holds_bytes(kind.item)
    return _holds_bytes(kind.value) if isinstance(kind, MapOf) else isinstance(kind, File)

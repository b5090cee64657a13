"""`generated/http_routes.py`: one binding per HTTP operation, for the dispatch table in front of FastAPI."""

from __future__ import annotations

import re

from codegen.emit.printer import File, Module, quoted
from codegen.emit.python_types import text_reader
from codegen.ir.operations import Contract, Http, Operation
from codegen.ir.types import Field, Int, ListOf, Record, file_of
from codegen.ir.types import File as Bytes
from codegen.parse.http_request import IF_MATCH
from codegen.parse.http_responses import ETAG


def emit(contract: Contract) -> list[File]:
    module = Module("http_routes.py", "One binding per HTTP operation. Generated; do not edit.")
    module.use("generated.bindings", "HttpBinding")
    module.line("", "ROUTES: tuple[HttpBinding, ...] = (")
    for operation in contract.operations:
        if operation.http:
            module.use("generated.operations", "OPERATIONS")
            module.use("generated.wire", "CODECS")
            module.call("    HttpBinding", _binding(module, contract, operation, operation.http), ",")
    module.line(")")
    return [module.file()]


def _binding(module: Module, contract: Contract, operation: Operation, http: Http) -> list[str]:
    arguments = [
        f"operation=OPERATIONS[{quoted(operation.name)}]",
        f"codec=CODECS[{quoted(operation.name)}]",
        f"method=lambda handlers: handlers.{operation.feature}.{operation.name}",
        f"verb={quoted(http.method)}",
        f"path={quoted(http.path)}",
        f"statuses=({', '.join(map(str, http.statuses))},)",
    ]
    for location in ("path", "query", "header"):
        parameters = [
            _parameter(module, contract, operation, one.field, one.carrier, location)
            for one in http.parameters
            if one.location == location
        ]
        if parameters:
            arguments.append(f"{location}_parameters=({', '.join(parameters)},)")
    if http.body is not None:
        arguments += ["has_body=True", *_parts(module, contract, operation, http)]
    if file := operation.result.file:
        arguments.append(f"download={_file(module, '', file)}")
    etag = next((one.field for one in http.response_headers if one.carrier.lower() == ETAG), None)
    if etag:
        arguments.append(f"etag={quoted(etag)}")
    if told := [one for one in http.response_headers if one.carrier.lower() != ETAG]:
        pairs = ", ".join(f"({quoted(one.carrier.lower())}, {quoted(one.field)})" for one in told)
        arguments.append(f"response_headers=({pairs},)")
    if created := created_location(contract, operation, http):
        arguments.append(f"location=({quoted(created[0])}, {quoted(created[1])})")
    return arguments


def _parts(module: Module, contract: Contract, operation: Operation, http: Http) -> list[str]:
    """What a body that is no JSON is made of."""
    if not http.form and not http.file:
        return []
    fields = [one for name in http.body or () if (one := operation.request.field(name))]
    files = [_files(module, one) for one in fields if file_of(one.type)]
    texts = [
        _parameter(module, contract, operation, one.name, one.member, "form") for one in fields if not file_of(one.type)
    ]
    found = {"form_parameters": texts, "files": files}
    return [
        *(["is_form=True"] if http.form else []),
        *(f"{name}=({', '.join(each)},)" for name, each in found.items() if each),
    ]


def _files(module: Module, one: Field) -> str:
    file, is_list = file_of(one.type), isinstance(one.type, ListOf)
    assert file is not None, "asked for a field of bytes"
    return _file(
        module, one.member, file, (one.type.max_items or 1) if isinstance(one.type, ListOf) else 1, is_list=is_list
    )


def _file(module: Module, name: str, file: Bytes, count: int = 1, *, is_list: bool = False) -> str:
    spelled = [quoted(name), str(file.max_bytes), repr(file.media_types)]
    more = [f"max_count={count}", "is_list=True"] if is_list else []
    return f"{module.use('generated.bindings', 'HttpFile')}({', '.join([*spelled, *more])})"


def _parameter(
    module: Module, contract: Contract, operation: Operation, field: str, carrier: str, location: str
) -> str:
    module.use("generated.bindings", "HttpParameter")
    module.use("generated.scalars", "FROM_TEXT")
    found = operation.request.field(field)
    kind = found.type if found else None
    is_list = isinstance(kind, ListOf)
    inner = kind.item if isinstance(kind, ListOf) else kind
    reader = text_reader(contract, inner) if inner else "text"
    more = ", is_list=True" if is_list else ""
    if location == "header" and carrier.lower() == IF_MATCH and isinstance(kind, Int):
        more = f", versions=({kind.minimum}, {kind.maximum})"
    member = found.member if found else field
    more += f", attribute={quoted(field)}" if member != field else ""
    return f'HttpParameter({quoted(member)}, {quoted(carrier)}, FROM_TEXT["{reader}"]{more})'


def created_location(contract: Contract, operation: Operation, http: Http) -> tuple[str, str] | None:
    """Where a created resource is read: a link to a GET whose one path parameter is a field of the body."""
    if 201 not in http.statuses:
        return None
    found = contract.definitions.get(operation.result.record or "")
    answered = found if isinstance(found, Record) else None
    for link in http.links.values():
        target = next(
            (one for one in contract.operations if isinstance(link, dict) and one.name == link.get("operationId")),
            None,
        )
        parameters = link.get("parameters", {}) if isinstance(link, dict) else {}
        if target is None or target.http is None or target.http.method != "GET" or len(parameters) != 1:
            continue
        ((name, source),) = parameters.items()
        match = re.fullmatch(r"\$response\.body#/([^/~]+)", str(source))
        one = answered.of_member(match[1]) if match and answered else None
        if one and target.http.path.endswith(f"{{{name}}}"):
            return target.http.path[: -len(name) - 2], one.name
    return None

"""`sdk_typescript/src/functions.ts` and `client.ts`: one function per operation, and the client that binds them by feature."""

from __future__ import annotations

from codegen.emit.client_names import error_class
from codegen.emit.printer import File
from codegen.emit.typescript_client.text import comment, deprecated, key, module, note_tags, tag
from codegen.emit.typescript_client.types import Types, content_import
from codegen.emit.typescript_names import constant, feature_name, functions, method_name, pager_key
from codegen.ir.names import pascal
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import ListOf

IMPORTS = [
    'import type * as $ from "./runtime/connection.ts";',
    'import type * as $types from "./types.ts";',
]
STREAM = 'import * as $stream from "./runtime/stream.ts";'
PAGING = 'import * as $paging from "./runtime/paging.ts";'


def emit_functions(contract: Contract, folder: str) -> File:
    spelled = functions(contract)
    lines = [
        'import { CONTRACT } from "./contract.ts";',
        'import * as $operations from "./operations.ts";',
        'import { Connection } from "./runtime/connection.ts";',
        *content_import(contract),
        *IMPORTS,
        *([PAGING] if any(one.pager for one in contract.operations) else []),
        *([STREAM] if _has_streams(contract) else []),
        "",
        "/** What every function takes; without any of them it is small. */",
        "export const connect = (options: $.ClientOptions): $.Connection => new Connection(CONTRACT, options);",
        "",
    ]
    for operation in contract.operations:
        name, value = spelled[operation.name], f"$operations.{constant(operation.name)}"
        lines += documentation(contract, operation)
        asked = "$stream.stream(connection, " if operation.result.is_stream else "connection.call("
        lines += _function(contract, operation, name, f"{asked}{value}, input, options)", is_pager=False)
        if operation.pager:
            pager = spelled[pager_key(operation)]
            lines += comment([f"All pages of `{name}`, one item after the other, or `.pages()`."])
            lines += _function(
                contract, operation, pager, f"$paging.paginate(connection, {value}, input, options)", is_pager=True
            )
    for event in contract.events:
        lines += comment([event.summary])
        lines += [f'export {{ {constant(event.name)} as {spelled[event.name]} }} from "./operations.ts";', ""]
    return module(f"{folder}/functions.ts", "Every operation as a function of its own.", lines)


def _function(contract: Contract, operation: Operation, name: str, call: str, *, is_pager: bool) -> list[str]:
    taken = f"input: $types.{operation.request.name}{_default(operation)}"
    result = _pager(contract, operation) if is_pager else _promise(operation)
    head = f"export const {name} = (connection: $.Connection, {taken}, options?: $.CallOptions): {result} =>"
    return [head, f"  {call};", ""]


def _default(operation: Operation) -> str:
    return " = {}" if _is_optional(operation) else ""


def _is_optional(operation: Operation) -> bool:
    return not any(one.required for one in operation.request.fields)


def _has_streams(contract: Contract) -> bool:
    return any(one.result.is_stream for one in contract.operations)


def _promise(operation: Operation) -> str:
    if operation.result.is_stream:
        return f"$stream.ItemStream<$types.{operation.result.record}>"
    record, is_file = operation.result.record, operation.result.file is not None
    return f"Promise<{f'$types.{record}' if record else '$content.Download' if is_file else 'void'}>"


def _pager(contract: Contract, operation: Operation) -> str:
    record = operation.result.record or ""
    items = contract.record(record).field("items")
    item = items.type.item if items and isinstance(items.type, ListOf) else None
    spelled = Types(contract).spelled(item, is_input=False, scope="$types.") if item else "never"
    return f"$paging.Pager<$types.{record}, {spelled}>"


def documentation(contract: Contract, operation: Operation, indent: str = "") -> list[str]:
    rsp = {error.code: error.rsp for error in contract.errors}
    refusals = [error_class(code, rsp[code]) for code in operation.declared_errors]
    tags = [tag("throws", f"{{{name}}}") for name in refusals]
    if operation.deprecated:
        tags.append(deprecated(operation.sunset))
    tags += note_tags(operation.notes)
    return comment([operation.summary or operation.name, operation.description], indent, tags)


def emit_client(contract: Contract, folder: str) -> File:
    lines = [
        'import { CONTRACT } from "./contract.ts";',
        'import * as $functions from "./functions.ts";',
        'import * as $operations from "./operations.ts";',
        'import { BaseClient } from "./runtime/client.ts";',
        'import type { EventTable } from "./runtime/client.ts";',
        'import { Connection } from "./runtime/connection.ts";',
        *content_import(contract),
        *IMPORTS,
        *([PAGING.replace("import *", "import type *")] if any(one.pager for one in contract.operations) else []),
        *([STREAM.replace("import *", "import type *")] if _has_streams(contract) else []),
        "",
    ]
    for feature in contract.features:
        lines += _feature(contract, feature)
    lines += _events(contract)
    lines += [*comment([f"The client of {contract.info.title}: its operations by feature, and its events."])]
    lines += ["export interface Client extends BaseClient<Events> {"]
    lines += [f"  readonly {feature_name(one)}: {pascal(one)}Api;" for one in contract.features]
    lines += ["}", "", *comment(["A client of one service. Nothing is sent before the first call, or `connect`."])]
    lines += ["export function createClient(options: $.ClientOptions): Client {"]
    lines += [
        "  const connection = new Connection(CONTRACT, options);",
        "  return Object.assign(new BaseClient(connection, EVENTS), {",
    ]
    for feature in contract.features:
        lines += _bound(contract, feature)
    lines += ["  });", "}"]
    return module(f"{folder}/client.ts", "The client with every operation.", lines)


def _feature(contract: Contract, feature: str) -> list[str]:
    lines = comment([f"The operations of `{feature}`."])
    lines.append(f"export interface {pascal(feature)}Api {{")
    for operation in _of(contract, feature):
        mark = "?" if _is_optional(operation) else ""
        taken = f"(input{mark}: $types.{operation.request.name}, options?: $.CallOptions)"
        lines += documentation(contract, operation, "  ")
        lines.append(f"  {key(method_name(operation.method))}{taken}: {_promise(operation)};")
        if operation.pager:
            lines += comment(["Iterate for the items of all pages, or over `.pages()`."], "  ")
            lines.append(f"  {key(method_name(operation.pager))}{taken}: {_pager(contract, operation)};")
    return [*lines, "}", ""]


def _bound(contract: Contract, feature: str) -> list[str]:
    spelled = functions(contract)
    lines = [f"    {feature_name(feature)}: {{"]
    for operation in _of(contract, feature):
        pairs = [(operation.method, spelled[operation.name])]
        pairs += [(operation.pager, spelled[pager_key(operation)])] if operation.pager else []
        taken = (
            f"(input{'?' if _is_optional(operation) else ''}: $types.{operation.request.name}, options?: $.CallOptions)"
        )
        lines += [
            f"      {key(method_name(method))}: {taken} => $functions.{function}(connection, input, options),"
            for method, function in pairs
        ]
    return [*lines, "    },"]


def _events(contract: Contract) -> list[str]:
    types = [f"  {key(one.name)}: $types.{one.record};" for one in contract.events]
    values = [f"  {key(one.name)}: $operations.{constant(one.name)}," for one in contract.events]
    return [
        "/** The data of each event, by its name. */",
        "export interface Events {",
        *types,
        "}",
        "",
        "const EVENTS: EventTable<Events> = {",
        *values,
        "};",
        "",
    ]


def _of(contract: Contract, feature: str) -> list[Operation]:
    return [one for one in contract.operations if one.feature == feature]

"""`sdk_typescript/src/operations.ts`, `errors.ts` and `contract.ts`: what the runtime must know of each operation, event and
refusal, as values that refer to nothing that is not used."""

from __future__ import annotations

from codegen.emit.client_names import KINDS, RUNTIME_ERRORS, error_class
from codegen.emit.client_tables import Row, binding
from codegen.emit.printer import File
from codegen.emit.typescript_client.text import comment, entries, key, literal, module, quoted
from codegen.emit.typescript_names import constant, functions, npm_package
from codegen.ir.operations import Contract, Event, Http, Operation
from codegen.ir.topics import is_conflated, plain_topic

IMPORTS = [
    'import type * as $ from "./runtime/operation.ts";',
    'import * as $tables from "./tables.ts";',
    'import type * as $types from "./types.ts";',
    "",
]
THROWN = frozenset({*RUNTIME_ERRORS, *KINDS.values()} - {"FieldFault"})


def emit_operations(contract: Contract, folder: str) -> File:
    has_bytes = any(one.has_bytes for one in contract.operations)
    has_streams = any(one.result.is_stream for one in contract.operations)
    lines = [
        *(['import * as $content from "./runtime/content.ts";'] if has_bytes else []),
        *(['import * as $stream from "./runtime/stream.ts";'] if has_streams else []),
        *IMPORTS,
    ]
    for operation in contract.operations:
        lines += _operation(operation)
    for event in contract.events:
        lines += _event(contract, event)
    return module(f"{folder}/operations.ts", "Every operation and event, as the doors need it.", lines)


def _operation(operation: Operation) -> list[str]:
    record = operation.result.record
    result = f"$types.{record}" if record else "$content.Download" if operation.result.file else "void"
    rows = [
        ("name", quoted(operation.name)),
        ("pkgId", str(operation.pkg_id) if operation.pkg_id is not None else None),
        ("http", _http(operation, operation.http) if operation.http else None),
        ("query", "true" if operation.is_query else None),
        ("idempotency", quoted(operation.idempotency)),
        ("public", "true" if operation.roles is None else None),
        ("protobuf", "true" if operation.has_rpc else None),
        ("input", f"() => $tables.{operation.request.name}"),
        ("output", f"() => $tables.{record}" if record and not operation.result.is_stream else None),
        ("list", "true" if operation.result.is_list else None),
        ("exchange", _exchange(operation)),
        ("download", "true" if operation.result.file else None),
        ("stream", _stream(operation) if operation.result.is_stream else None),
    ]
    head = f"export const {constant(operation.name)}: $.Operation<$types.{operation.request.name}, {result}> = {{"
    return [head, *(f"  {name}: {value}," for name, value in rows if value is not None), "};", ""]


def _stream(operation: Operation) -> str:
    return f"$stream.lasting({round(operation.timeout_s * 1000)}, () => $tables.{operation.result.record})"


def _exchange(operation: Operation) -> str | None:
    if operation.result.is_stream:
        return "$stream.exchange"
    return "$content.exchange" if operation.has_bytes else None


def _http(operation: Operation, http: Http) -> str:
    row = binding(operation, http)
    listed = [entries((name, literal(value)) for name, value in one.items()) for one in _rows(row["parameters"])]
    written: dict[str, str] = {"parameters": f"[{', '.join(listed)}]"}
    if isinstance(files := row.get("files"), dict):
        written["files"] = entries((key(name), quoted(media)) for name, media in files.items())
    return entries((name, written.get(name, literal(value))) for name, value in row.items())


def _rows(value: object) -> list[Row]:
    return value if isinstance(value, list) else []


def _event(contract: Contract, event: Event) -> list[str]:
    value = entries([
        ("name", quoted(event.name)),
        ("pkgId", str(event.pkg_id)),
        ("topic", quoted(plain_topic(event))),
        ("protobuf", "true" if event.record in contract.bindings else None),
        ("isSparse", "true" if is_conflated(contract, plain_topic(event)) else None),
        ("output", f"() => $tables.{event.record}"),
    ])  # fmt: skip
    return [f"export const {constant(event.name)}: $.Event<$types.{event.record}> = {value};", ""]


def emit_errors(contract: Contract, folder: str) -> File:
    lines = ['import * as $ from "./runtime/errors.ts";', ""]
    lines += [
        f'export {{ {", ".join(sorted(THROWN))} }} from "./runtime/errors.ts";',
        "export type { FieldFault } from ",
    ]
    lines[-1] += '"./runtime/errors.ts";'
    lines.append("")
    for error in contract.answered_errors:
        name, kind = error_class(error.code, error.rsp), KINDS[error.rsp]
        if name == kind:
            continue
        lines += comment([error.title])
        lines += [
            f"export class {name} extends $.{kind} {{",
            f'  override readonly name: string = "{name}";',
            f"  declare readonly code: {quoted(error.code)};",
            "}",
            "",
            "/** Also where the error comes from another copy of this package, which `instanceof` does not know. */",
            f"export const is{name} = (error: unknown): error is {name} => $.hasCode(error, {quoted(error.code)});",
            "",
        ]
    return module(f"{folder}/errors.ts", "What the service refuses with: one class per code.", lines)


def emit_contract(contract: Contract, folder: str) -> File:
    subprotocols = {media.rpartition("/")[2].removeprefix("x-"): name for name, media in contract.frames.encodings}
    session = [(one.session, f"$operations.{constant(one.name)}") for one in contract.operations if one.session]
    own = {error.code: error_class(error.code, error.rsp) for error in contract.answered_errors}
    rows = [
        ("version", quoted(contract.info.version)),
        ("client", quoted(f"{npm_package(contract)}/{contract.info.version}")),
        ("address", quoted(contract.frames.address)),
        ("subprotocols", entries((name, quoted(value)) for name, value in subprotocols.items())),
        ("session", entries((str(role), value) for role, value in session)),
    ]
    lines = [
        'import * as $errors from "./errors.ts";',
        'import * as $operations from "./operations.ts";',
        'import type * as $ from "./runtime/operation.ts";',
        "",
        "export const CONTRACT: $.Contract = {",
        *(f"  {name}: {value}," for name, value in rows),
        "  errors: {",
        *(f"    {key(code)}: $errors.{name}," for code, name in own.items()),
        "  },",
        "};",
        "",
        "/** Why the server closes a socket: after 4000 to 4499 the client connects again, after 4500 to 4999 it does not. */",
        "export const CLOSE_CODES = {",
        *(f"  {key(name)}: {number}," for name, number in contract.close_codes),
        "} as const;",
    ]
    return module(f"{folder}/contract.ts", "The contract that this package was made of.", lines)


def exported_events(contract: Contract) -> list[tuple[str, str]]:
    """The standalone name and the constant of each event."""
    spelled = functions(contract)
    return [(spelled[one.name], constant(one.name)) for one in contract.events]

"""`generated/sdk_typescript/`: the client for TypeScript and JavaScript as a package of its own. No step of it needs Node."""

from __future__ import annotations

import json
from pathlib import Path

from codegen.emit.client_names import KINDS, error_class
from codegen.emit.printer import File
from codegen.emit.typescript_client.client import emit_client, emit_functions
from codegen.emit.typescript_client.operations import THROWN, emit_contract, emit_errors, emit_operations
from codegen.emit.typescript_client.readme import readme
from codegen.emit.typescript_client.tables import emit_tables
from codegen.emit.typescript_client.text import module
from codegen.emit.typescript_client.topics import emit_topics
from codegen.emit.typescript_client.types import Types, content_import, emit_types
from codegen.emit.typescript_names import npm_package
from codegen.ir.names import pascal
from codegen.ir.operations import Contract
from codegen.ir.types import Enum

SOURCE = Path(__file__).parents[2] / "runtime" / "sdk_typescript"
ROOT = "sdk_typescript"
OPTIONS = (
    "Attendance",
    "AttendanceStream",
    "AttendedTopic",
    "CallOptions",
    "ClientOptions",
    "ItemStream",
    "Pager",
    "Received",
    "Stream",
)
MIDDLEWARE = ("Middleware", "Next")
"""Types of the runtime that users write."""
COMPILER: dict[str, object] = {
    "target": "es2022",
    "module": "nodenext",
    "lib": ["es2022", "dom", "dom.iterable"],
    "types": [],
    "rootDir": "src",
    "outDir": "dist",
    "declaration": True,
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True,
    "noImplicitOverride": True,
    "noFallthroughCasesInSwitch": True,
    "erasableSyntaxOnly": True,
    "isolatedDeclarations": True,
    "verbatimModuleSyntax": True,
    "rewriteRelativeImportExtensions": True,
}


def emit(contract: Contract) -> list[File]:
    source = f"{ROOT}/src"
    return [
        File(f"{ROOT}/package.json", _json(_package(contract))),
        File(f"{ROOT}/tsconfig.json", _json({"compilerOptions": COMPILER, "include": ["src"]})),
        File(f"{ROOT}/README.md", readme(contract, _plain(contract.info.title)).encode()),
        emit_types(contract, source),
        emit_tables(contract, source),
        emit_operations(contract, source),
        emit_errors(contract, source),
        emit_contract(contract, source),
        emit_functions(contract, source),
        emit_topics(contract, source),
        emit_client(contract, source),
        _index(contract, source),
        _react(contract, source),
        *(File(f"{source}/runtime/{path.name}", path.read_bytes()) for path in sorted(SOURCE.glob("*.ts"))),
    ]


def _package(contract: Contract) -> dict[str, object]:
    license_ = contract.info.details.get("license")
    identifier = license_.get("identifier") if isinstance(license_, dict) else None
    entry = {"index": ".", "functions": "./functions", "react": "./react"}
    return {
        "name": npm_package(contract),
        "version": contract.info.version,
        "description": _plain(f"Client of {contract.info.title}"),
        **({"license": str(identifier)} if identifier else {}),
        "type": "module",
        "sideEffects": False,
        "engines": {"node": ">=20"},
        "exports": {
            **{path: {"types": f"./dist/{name}.d.ts", "default": f"./dist/{name}.js"} for name, path in entry.items()},
            "./package.json": "./package.json",
        },
        "files": ["dist", "CHANGELOG.md"],
        "scripts": {"build": "tsc"},
        "peerDependencies": {"react": ">=18", "ws": "^8.18.0"},
        "peerDependenciesMeta": {"react": {"optional": True}, "ws": {"optional": True}},
        "devDependencies": {"typescript": "~5.9.3"},
    }


def _index(contract: Contract, folder: str) -> File:
    """What users import. A type of the contract whose name is taken here gets an underscore; under `types` it has none."""
    features = [f"{pascal(one)}Api" for one in contract.features]
    codes = {error_class(one.code, one.rsp) for one in contract.answered_errors} - set(KINDS.values())
    classes = sorted({*THROWN, *codes})
    guards = sorted(f"is{name}" for name in codes)
    taken = {*OPTIONS, *MIDDLEWARE, *classes, *features, "Client", "Events", "FieldFault"}
    values = sorted(name for name in contract.results | contract.inputs if isinstance(contract.definitions[name], Enum))
    twins = Types(contract).twins
    records = sorted(
        {*contract.results, *contract.inputs, *twins.values(), *(one.request.name for one in contract.operations)}
        - {*values}
    )
    lines = [
        'export { createClient } from "./client.ts";',
        'export { CLOSE_CODES } from "./contract.ts";',
        'export { withMiddleware } from "./runtime/middleware.ts";',
        _export("type", MIDDLEWARE, "./runtime/middleware.ts"),
        _export("type", ["Client", "Events", *features], "./client.ts"),
        _export("", [*classes, *guards], "./errors.ts"),
        'export type { FieldFault } from "./errors.ts";',
        _export("type", OPTIONS, "./runtime/connection.ts"),
        _export("", [_free(name, taken) for name in values], "./types.ts"),
        _export("type", [_free(name, taken) for name in records], "./types.ts"),
        'export * as topics from "./topics.ts";',
        'export * as types from "./types.ts";',
        *(line.replace("import type * as $content", "export type * as content") for line in content_import(contract)),
    ]
    return module(f"{folder}/index.ts", f"What users of {npm_package(contract)} import.", filter(None, lines))


def _react(contract: Contract, folder: str) -> File:
    """An entry of its own: who does not import it needs no React."""
    lines = [
        'export { useOperation, usePresence, useTopic } from "./runtime/react.ts";',
        _export("type", ["OperationState", "PresenceState", "TopicState"], "./runtime/react.ts"),
    ]
    return module(f"{folder}/react.ts", f"Hooks for React over {npm_package(contract)}.", lines)


def _free(name: str, taken: set[str]) -> str:
    return f"{name} as {name}_" if name in taken else name


def _export(word: str, names: object, source: str) -> str:
    listed = [str(name) for name in names] if isinstance(names, list | tuple) else []
    if not listed:
        return ""
    head = "export type {" if word else "export {"
    return "\n".join([head, *(f"  {name}," for name in listed), f'}} from "{source}";'])


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def _plain(text: str) -> str:
    """A title as plain text, without what means something in Markdown's code or in a terminal."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable() and char not in '`"\\<>')

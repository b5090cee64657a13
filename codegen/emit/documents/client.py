"""`generated/specs/client.json`: what drives a client that learns the contract when it runs, as the service's console does.

The tables are those of the TypeScript client, with the numbers of protobuf; `runtime/schema.ts` and `runtime/operation.ts` say what
each word means. A type is `{"ref": name}`, and `tables` has it. It is no description: that is in the two other documents.
"""

from __future__ import annotations

from codegen.emit.client_names import attribute, python_name, python_package
from codegen.emit.client_tables import Reference, Row, Tables, binding, told
from codegen.emit.documents.json_schemas import Json, printed
from codegen.emit.printer import File
from codegen.emit.typescript_names import feature_name, method_name, npm_package
from codegen.ir.operations import Contract, Operation
from codegen.ir.topics import plain_topic
from codegen.ir.types import Enum, Record, Union


def emit(contract: Contract) -> list[File]:
    tables = Tables(contract)
    used = [contract.definitions[name] for name in sorted(contract.results | contract.inputs)]
    document: Json = {
        "version": contract.info.version,
        "address": contract.frames.address,
        "subprotocols": {
            media.rpartition("/")[2].removeprefix("x-"): name for name, media in contract.frames.encodings
        },
        "close_codes": dict(contract.close_codes),
        "limits": {
            one.name: {"limit": one.limit, "window_s": one.window_s, "key": one.key} for one in contract.buckets
        },
        "packages": {"python": python_package(contract), "npm": npm_package(contract)},
        "session": {str(one.session): one.name for one in contract.operations if one.session},
        "operations": {one.name: _operation(one) for one in contract.operations},
        "events": {
            one.name: told({
                "feature": one.feature,
                "pkgId": one.pkg_id,
                "topic": plain_topic(one),
                "topics": list(one.topics) if len(one.topics) > 1 or not plain_topic(one) else None,
                "protobuf": True if one.record in contract.bindings else None,
                "output": one.record,
            })
            for one in contract.events
        },
        "tables": {one.name: _table(tables, one) for one in used if not isinstance(one, Enum) or one.is_text}
        | {one.request.name: _table(tables, one.request) for one in contract.operations},
    }  # fmt: skip
    return [File("specs/client.json", printed(document))]


def _operation(operation: Operation) -> Row:
    return told({
        "feature": operation.feature,
        "python": [attribute(operation.feature), python_name(operation.method)],
        "typescript": [feature_name(operation.feature), method_name(operation.method)],
        "pkgId": operation.pkg_id,
        "http": binding(operation, operation.http) if operation.http else None,
        "query": True if operation.is_query else None,
        "idempotency": operation.idempotency,
        "public": True if operation.roles is None else None,
        "protobuf": True if operation.has_rpc else None,
        "bytes": True if operation.has_bytes else None,
        "input": operation.request.name,
        "output": operation.result.record,
        "list": True if operation.result.is_list else None,
        "download": True if operation.result.file else None,
    })  # fmt: skip


def _table(tables: Tables, definition: Record | Enum | Union) -> Row:
    if isinstance(definition, Record):
        return {"fields": [{**row, "kind": _kind(row["kind"])} for row in tables.rows(definition)]}
    if isinstance(definition, Enum):
        return {"members": tables.members(definition)}
    tag, wire = tables.tag(definition)
    arms = [{"tag": value, "no": number, "record": record} for value, number, record in tables.arms(definition)]
    return told({"tag": tag, "wire": wire, "arms": arms})


def _kind(kind: object) -> object:
    return {"ref": kind.name} if isinstance(kind, Reference) else kind

"""`generated/specs/asyncapi.json`: the WebSocket door, literally: whole frames, closed requests, one document."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.emit.documents.control_frames import control_messages, control_operations
from codegen.emit.documents.json_schemas import Json, Spelling, draft07, linked, noted, printed, used
from codegen.emit.documents.words import shared_words
from codegen.emit.printer import File
from codegen.ir.notes import Notes
from codegen.ir.operations import IN_FLIGHT, Contract, Event, Info, Operation, Roles
from codegen.ir.topics import events_of, filters, parameter_type, parameters, pointer
from codegen.ir.types import Type

CHANNEL = "#/channels/web"
ANY_NODE: Json = {
    "node": {"host": "localhost:8000", "protocol": "ws", "description": "Any node; use wss in production."}
}
BODY = "$response.body#"
OF_HTTP = {"body", "output", "range"}
"""Kinds of operations whose codes only HTTP answers."""
ONE_SOCKET = (
    "One socket for every operation. A text frame is this JSON, a binary frame Request or Response of envelope.proto."
)


def emit(contract: Contract) -> list[File]:
    """Nothing where the contract has no socket."""
    info = contract.socket_info
    return [_document(contract, info)] if info else []


def _document(contract: Contract, info: Info) -> File:
    spelling = Spelling(contract)
    messages: Json = {
        "problem": _message(
            "An error of the catalogue.",
            _frame(contract, "Refusal", {"$ref": "#/components/schemas/Problem"}),
        )
    }
    operations: Json = {}
    for operation in contract.operations:
        if operation.pkg_id is not None:
            messages[f"{operation.name}_request"] = _request(contract, spelling, operation)
            messages[f"{operation.name}_reply"] = _reply(contract, spelling, operation)
            if operation.result.is_stream:
                messages[f"{operation.name}_end"] = _end(contract, operation)
            operations[operation.name] = _operation(contract, operation)
    for event in contract.events:
        data: Json = {"$ref": f"#/components/schemas/{event.record}"}
        messages[event.name] = _message(
            event.summary or event.name, _frame(contract, "Push", data, event.pkg_id), correlated=False
        )
        operations[event.name] = _event(event)
    messages |= control_messages()
    operations |= control_operations(CHANNEL)
    channel = _channel(contract, messages) | _topics(contract, spelling)
    document: Json = {
        "asyncapi": "3.0.0",
        "info": dict(info.details) | linked(Notes(external_docs=contract.info.external_docs)),
        "defaultContentType": "application/json",
        "servers": info.servers or ANY_NODE,
        "channels": {"web": channel},
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": draft07(used(spelling.components(), messages, channel)),
            "securitySchemes": _schemes(contract),
        },
        "x-errors": _catalogue(contract),
    }
    return File("specs/asyncapi.json", printed(document))


def _channel(contract: Contract, messages: Json) -> Json:
    query: Json = {
        "type": "object",
        "properties": {"format": {"type": "string", "enum": ["json", "protobuf"], "default": "json"}},
    }
    return {
        "address": contract.frames.address,
        "description": ONE_SOCKET,
        "bindings": {"ws": {"method": "GET", "query": query}},
        "x-reply-order": contract.frames.reply_order,
        "x-encodings": dict(contract.frames.encodings),
        "x-close-codes": dict(contract.close_codes),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }


def _topics(contract: Contract, spelling: Spelling) -> Json:
    """`x-parameters` and `x-filters`: by topic, the fields that stand in its names, and those that a name may have behind its question mark; where
    each is in the event's data, and the schema of its values. Nothing where there are none."""
    told = [one for one in contract.topics if events_of(contract, one.name)]
    kinds = {
        "x-parameters": {
            one.name: {path: parameter_type(contract, one.name, path) for path in parameters(one.name)} for one in told
        },
        "x-filters": {one.name: filters(contract, one) for one in told},
    }
    said = {word: _placed(contract, spelling, fields) for word, fields in kinds.items()}
    return {word: fields for word, fields in said.items() if fields}


def _placed(contract: Contract, spelling: Spelling, told: Mapping[str, Mapping[str, Type]]) -> Json:
    return {
        topic: {
            path: {"at": pointer(contract, topic, path), "schema": spelling.type(kind, closed=False)}
            for path, kind in kinds.items()
        }
        for topic, kinds in told.items()
        if kinds
    }


def _schemes(contract: Contract) -> Json:
    schemes: Json = {
        role.name: {"type": "http", "scheme": "bearer", "description": role.description} for role in contract.roles
    }
    return schemes


def _frame(contract: Contract, envelope: str, data: Json, pkg_id: int | None = None) -> Json:
    """The envelope's record with `data` beside its members; a request is closed."""
    record = contract.frames.records.get(envelope)
    plain = _resolved(record) if isinstance(record, dict) else {"type": "object", "properties": {}}
    members = plain.get("properties")
    properties: Json = dict(members) if isinstance(members, dict) else {}
    if pkg_id is not None:
        properties["pkg_id"] = {"type": "integer", "format": "int32", "const": pkg_id}
    properties["data"] = data
    required = plain.get("required")
    frame: Json = {
        "type": "object",
        "required": [*(required if isinstance(required, list) else []), "data"],
        "properties": properties,
    }
    return _closed(frame) if envelope == "Request" else frame


def _closed(schema: Json) -> Json:
    """What comes in has no members but the named ones, at any depth of the envelope."""
    members = schema.get("properties")
    if not isinstance(members, dict):
        return schema
    inner = {name: _closed(one) if isinstance(one, dict) else one for name, one in members.items()}
    return schema | {"properties": inner, "additionalProperties": False}


def _resolved(value: object) -> Json:
    """Names of shared records become references into the document's components."""
    out = _walk(value)
    return out if isinstance(out, dict) else {}


def _walk(value: object) -> object:
    if isinstance(value, list):
        return [_walk(item) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$ref"), str):
        return {"$ref": f"#/components/schemas/{value['$ref']}"}
    return {key: _walk(item) for key, item in value.items()}


def _message(title: str, payload: Json, *, correlated: bool = True) -> Json:
    out: Json = {"title": title, "payload": draft07(payload)}
    return out | ({"correlationId": {"location": "$message.payload#/req_id"}} if correlated else {})


def _request(contract: Contract, spelling: Spelling, operation: Operation) -> Json:
    data = spelling.record(operation.request.fields, closed=True) | noted(operation.request.notes)
    return _message(operation.summary, _frame(contract, "Request", data, operation.pkg_id))


def _reply(contract: Contract, spelling: Spelling, operation: Operation) -> Json:
    record, result = operation.result.record, operation.result
    if record is None:
        data: Json = {"type": "null"}
    elif result.is_list:
        items = contract.record(record).field("items")
        data = spelling.field(items, closed=False) if items else {}
    else:
        data = {"$ref": f"#/components/schemas/{record}"}
    envelope = "StreamReply" if result.is_stream else "PageReply" if result.has_meta else "Reply"
    title = f"{'An item' if result.is_stream else 'The answer'} of {operation.name}."
    return _message(title, _frame(contract, envelope, data, operation.pkg_id))


def _end(contract: Contract, operation: Operation) -> Json:
    """The last frame of a stream that ended well; any other end is the shared problem."""
    return _message(f"The end of {operation.name}.", _frame(contract, "Reply", {"type": "null"}, operation.pkg_id))


def _catalogue(contract: Contract) -> Json:
    """What a refusal's `code` may be; `status_code` is that of the frame, `status` that of HTTP."""
    numbers = dict(contract.rsp_codes)
    return {
        one.code: {
            "title": one.title,
            "status": one.status,
            "status_code": numbers.get(one.rsp),
            "retryable": one.retryable,
        }
        for one in contract.answered_errors
    }


def _operation(contract: Contract, operation: Operation) -> Json:
    name = operation.name
    ends = [_pointer(f"{name}_end")] if operation.result.is_stream else []
    reply = {"channel": {"$ref": CHANNEL}, "messages": [_pointer(f"{name}_reply"), *ends, _pointer("problem")]}
    out: Json = {
        "action": "receive",
        "channel": {"$ref": CHANNEL},
        "summary": operation.summary,
        "messages": [_pointer(f"{name}_request")],
    }
    if operation.description:
        out["description"] = operation.description
    return (
        out
        | _said(operation.notes)
        | {"reply": reply, "security": _security(operation.roles), "x-pkg-id": operation.pkg_id}
        | _words(contract, operation)
    )


def _words(contract: Contract, operation: Operation) -> Json:
    """What the socket shares with HTTP, and cannot be said in AsyncAPI's own words."""
    told = {*operation.errors, IN_FLIGHT}
    codes = [one.code for one in contract.errors if one.code in told and one.implied_by not in OF_HTTP]
    out: Json = {
        "x-errors": codes,
        **shared_words(operation),
        "x-safe": operation.is_query,
    }
    if operation.publishes:
        out["x-publishes"] = list(operation.publishes)
    links = _links(contract, operation)
    return out | ({"x-links": links} if links else {})


def _links(contract: Contract, operation: Operation) -> Json:
    """OpenAPI's, between operations of the socket: where in the reply's frame a field of the next request is found."""
    by_name = {one.name: one for one in contract.operations if one.pkg_id is not None and one.http}
    out: Json = {}
    for name, link in (operation.http.links if operation.http else {}).items():
        target = by_name.get(link.get("operationId", "")) if isinstance(link, dict) else None
        if target and target.http and isinstance(link, dict):
            members = {one.name: one.member for one in target.request.fields}
            fields = {one.carrier: members.get(one.field, one.field) for one in target.http.parameters}
            told = {
                fields.get(carrier.rpartition(".")[2], carrier): _in_frame(operation, place)
                for carrier, place in link.get("parameters", {}).items()
                if isinstance(place, str) and place.startswith(BODY)
            }
            out[name] = {"operation": target.name, "parameters": told}
    return out


def _in_frame(operation: Operation, place: str) -> str:
    """A list's items are the frame's `data` themselves."""
    pointer = place.removeprefix(BODY)
    return f"$message.payload#/data{pointer.removeprefix('/items') if operation.result.is_list else pointer}"


def _said(notes: Notes) -> Json:
    return ({"tags": [{"name": name} for name in notes.tags]} if notes.tags else {}) | linked(notes)


def _event(event: Event) -> Json:
    out: Json = {
        "action": "send",
        "channel": {"$ref": CHANNEL},
        "messages": [_pointer(event.name)],
        "security": _security(event.roles),
    }
    return out | _said(event.notes) | {"x-pkg-id": event.pkg_id, "x-topic": told_topics(event)}


def told_topics(event: Event) -> str | list[str]:
    """As x-topic has them: one, or a list."""
    return event.topics[0] if len(event.topics) == 1 else list(event.topics)


def _pointer(message: str) -> Json:
    return {"$ref": f"{CHANNEL}/messages/{message}"}


def _security(roles: Roles) -> list[Json]:
    out: list[Json] = []
    for group in roles or ():
        if len(group) == 1:
            out.append({"$ref": f"#/components/securitySchemes/{min(group)}"})
        else:
            out.append({"type": "http", "scheme": "bearer", "x-roles": sorted(group)})
    return out

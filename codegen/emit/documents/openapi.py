"""`generated/specs/openapi.json`: the REST door, literally: implied errors, both media types, single query parameters.

This is what is served, fuzzed and handed to other tools.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from codegen.emit.documents.json_schemas import Json, Spelling, linked, noted, printed, used
from codegen.emit.documents.words import shared_words
from codegen.emit.printer import File
from codegen.ir.notes import Example, Notes
from codegen.ir.operations import Contract, ErrorCode, Http, Operation, Parameter
from codegen.ir.types import Field, ListOf, Type, file_of
from codegen.parse.http_content import ANY, FORM, NDJSON, SSE
from codegen.parse.http_request import IF_MATCH
from codegen.parse.http_responses import ETAG

PROTOBUF_STREAM = "application/x-protobuf-seq"
"""Each message with its length before it; of a name of its own, since concatenated messages read as one (docs/decisions.md)."""
JSON, PROBLEM = "application/json", "application/problem+json"
PROTOBUF = ("application/x-protobuf", "application/protobuf")
"""One format under two names."""
ENTITY_TAG = r'(W/)?"[!#-~]*"'
VERSIONS = {"type": "string", "pattern": rf"^(\*|{ENTITY_TAG}( *, *{ENTITY_TAG}){{0,15}})$"}
"""Of If-Match, a list of entity tags, whatever form the contract's own have (RFC 9110 §13.1.1): no more than 16, since each costs a try. If-None-Match and Range have no pattern, because what is none of theirs is
answered as if it were not there (RFC 9110 §13.1.2, §14.2)."""
PARTIAL_CONTENT, NOT_MODIFIED = 206, 304
FILE_HEADERS = ("Accept-Ranges", "Content-Disposition", "ETag", "Last-Modified")
"""Of an answer of bytes, as far as the handler says them."""
HEADERS: Json = {
    "RateLimit": {
        "description": "Of the budget: r calls are left for the next t seconds (draft-ietf-httpapi-ratelimit-headers-11).",
        "schema": {"type": "string", "pattern": '^"[a-z][a-z0-9_-]*";r=[0-9]+;t=[0-9]+$'},
    },
    "RateLimit-Policy": {
        "description": "The budget: q calls in any w seconds (draft-ietf-httpapi-ratelimit-headers-11).",
        "schema": {"type": "string", "pattern": '^"[a-z][a-z0-9_-]*";q=[0-9]+;w=[0-9]+$'},
    },
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "format": "int32", "minimum": 0},
    },
    "Stele-Contract": {"description": "Version and hash of the contract.", "schema": {"type": "string"}},
    "Location": {
        "description": "Where the new resource is read.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Idempotent-Replayed": {
        "description": "The answer of an earlier call with this key.",
        "schema": {"type": "string", "const": "true"},
    },
    "Accept-Ranges": {"description": "That parts are answered.", "schema": {"type": "string", "const": "bytes"}},
    "Content-Range": {"description": "Which part this is, and of how many bytes.", "schema": {"type": "string"}},
    "Content-Disposition": {"description": "As what to save it.", "schema": {"type": "string"}},
    "ETag": {
        "description": "The entity tag of these bytes.",
        "schema": {"type": "string", "pattern": f"^{ENTITY_TAG}$"},
    },
    "Last-Modified": {"description": "When these bytes last changed.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}},
    "Vary": {"description": "What of the request chose the media type.", "schema": {"type": "string"}},
    "Accept": {"description": "The media types that are read.", "schema": {"type": "string"}},
    "Accept-Encoding": {
        "description": "That bodies are read as they are; in place of Accept.",
        "schema": {"type": "string", "const": "identity"},
    },
}
OF_RANGES: tuple[Json, ...] = (
    {
        "name": "Range",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "Answer one part, as `bytes=0-99`; several at once, and what is no range, are answered by the whole.",
    },
    {
        "name": "If-Range",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "Answer the part if this is still the entity tag or the date, else the whole.",
    },
)
IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "Answer 304 if the entity tag is one of these; what is no list of tags is as none.",
}


def emit(contract: Contract) -> list[File]:
    paths: dict[str, Json] = {}
    spelling = Spelling(contract)
    for operation in contract.operations:
        if operation.http:
            item = paths.setdefault(operation.http.path, {})
            item[operation.http.method.lower()] = _operation(contract, spelling, operation, operation.http)
    info = contract.info
    described = dict(info.tags)
    document: Json = {
        "openapi": "3.1.0",
        "info": dict(info.details),
        "servers": info.servers or [{"url": "/", "description": "The node that serves this document."}],
        "tags": [
            {"name": name, "description": described.get(name) or name}
            | linked(Notes(external_docs=info.tag_docs.get(name)))
            for name in _all_tags(contract)
        ],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "headers": _headers(paths),
            "schemas": used(spelling.components(), paths),
        },
    } | linked(Notes(external_docs=info.external_docs))
    return [File("specs/openapi.json", printed(document))]


def _all_tags(contract: Contract) -> list[str]:
    """Those of the features, then those that operations name."""
    named = [tag for operation in contract.operations if operation.http for tag in operation.notes.tags]
    return list(dict.fromkeys([*contract.features, *sorted(named)]))


def _headers(paths: Mapping[str, Json]) -> Json:
    """Those that some answer has: what nothing refers to is a finding of linters."""
    text = printed(dict(paths)).decode()
    return {name: header for name, header in HEADERS.items() if f'"#/components/headers/{name}"' in text}


def _operation(contract: Contract, spelling: Spelling, operation: Operation, http: Http) -> Json:
    out: Json = {"operationId": operation.name, "tags": _tags(operation), "summary": operation.summary}
    if operation.description:
        out["description"] = operation.description
    if operation.deprecated:
        out["deprecated"] = True
    out |= linked(operation.notes)
    out["security"] = [] if operation.roles is None else [{"bearer": sorted(group)} for group in operation.roles]
    if parameters := _parameters(spelling, operation, http):
        out["parameters"] = parameters
    if http.body is not None:
        out["requestBody"] = {"required": True, "content": _body(spelling, operation, http)}
    described = zip(http.statuses, http.response_descriptions, strict=True)
    responses: Json = {str(status): _success(spelling, operation, http, status, text) for status, text in described}
    if is_conditional(http):
        responses[str(NOT_MODIFIED)] = _not_modified(spelling, operation, http)
    if operation.result.file and http.method == "GET":
        responses |= _of_ranges(spelling, operation, http)
    return out | {"responses": responses | _problems(contract, operation)} | _words(operation)


def _tags(operation: Operation) -> list[str]:
    return list(operation.notes.tags) or [operation.feature]


def _problems(contract: Contract, operation: Operation) -> Json:
    by_status: dict[int, list[ErrorCode]] = {}
    for error in contract.errors:
        if error.code in operation.errors:
            by_status.setdefault(error.status, []).append(error)
    return {str(status): _problem(status, errors) for status, errors in sorted(by_status.items())}


def _words(operation: Operation) -> Json:
    words: Json = {
        "x-rate-limit": operation.bucket or "none",
        "x-audit": operation.audit,
        **shared_words(operation),
        "x-priority": operation.priority,
    }
    if operation.audit_fields:
        words["x-audit-fields"] = list(operation.audit_fields)
    if operation.declared_errors:
        words["x-errors"] = list(operation.declared_errors)
    return words | ({"x-publishes": list(operation.publishes)} if operation.publishes else {})


def _parameters(spelling: Spelling, operation: Operation, http: Http) -> list[Json]:
    out: list[Json] = []
    for parameter in http.parameters:
        one = operation.request.field(parameter.field)
        if one is None:
            continue
        is_header = parameter.location == "header"
        is_version = parameter.carrier.lower() == IF_MATCH
        required = parameter.location == "path" or (one.required and not is_version)
        entry: Json = {
            "name": parameter.carrier,
            "in": parameter.location,
            "required": required,
            "schema": VERSIONS if is_version else _query_schema(spelling, one),
        }
        if parameter.description:
            entry["description"] = parameter.description
        if one.notes.deprecated:
            entry["deprecated"] = True
        out.append(entry | ({"x-field": parameter.field} if is_header else {}))
    is_read_of_bytes = operation.result.file is not None and http.method == "GET"
    if (is_conditional(http) or is_read_of_bytes) and IF_NONE_MATCH["name"] not in [one["name"] for one in out]:
        out.append(IF_NONE_MATCH)
    if is_read_of_bytes:
        out += OF_RANGES
    if operation.idempotency == "key":
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        description = "One key per call; a repeated call with the same key answers the same."
        out.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": schema,
                "description": description,
            }
        )
    return out


def _query_schema(spelling: Spelling, one: Field) -> Json:
    """Null has no text in a query, so it is not offered there."""
    has_default = one.has_default and one.default is not None
    plain = replace(one, nullable=False, has_default=has_default, sensitive=False, description="")
    schema = spelling.field(plain, closed=True)
    return schema | ({"uniqueItems": one.type.unique_items} if isinstance(one.type, ListOf) else {})


def _body(spelling: Spelling, operation: Operation, http: Http) -> Json:
    fields = [one for name in http.body or () if (one := operation.request.field(name))]
    if http.file:
        return _bytes(fields[0].type)
    schema = spelling.record(fields, closed=True) | noted(http.body_notes)
    if not http.form:
        return _media(schema, operation.request.name, operation.has_rpc)
    files = {one.member: file for one in fields if (file := file_of(one.type)) and file.media_types}
    parts = {name: {"contentType": ", ".join(file.media_types)} for name, file in files.items()}
    return {FORM: {"schema": schema} | ({"encoding": parts} if parts else {})}


def _bytes(kind: Type) -> Json:
    """Bytes are the same under each of their media types."""
    file = file_of(kind)
    assert file is not None, "asked for bytes alone"
    schema = {"type": "string", "format": "binary", "maxLength": file.max_bytes}
    return {name: {"schema": schema} for name in file.media_types or (ANY,)}


def _media(schema: Json, message: str, has_protobuf: bool, examples: tuple[Example, ...] = ()) -> Json:
    named = {f"example_{number}": {"value": one.value} for number, one in enumerate(examples, 1)}
    out: Json = {JSON: {"schema": schema} | ({"examples": named} if named else {})}
    if has_protobuf:
        out |= {
            name: {"schema": {"type": "string", "format": "binary", "x-proto-message": message}} for name in PROTOBUF
        }
    return out


def _success(spelling: Spelling, operation: Operation, http: Http, status: int, description: str) -> Json:
    headers = _success_headers(spelling, operation, http.response_headers)
    if status == 201:
        headers["Location"] = _header("Location")
    if operation.idempotency == "key":
        headers["Idempotent-Replayed"] = _header("Idempotent-Replayed")
    out: Json = {"description": description or operation.summary, "headers": headers}
    record = operation.result.record
    if operation.result.is_stream:
        out["content"] = _streams(operation, http)
    elif record:
        out["content"] = _media({"$ref": f"#/components/schemas/{record}"}, record, operation.has_rpc, http.answers)
    if operation.result.file:
        out["content"] = _bytes(operation.result.file)
    return out | ({"links": dict(http.links)} if http.links else {})


def _streams(operation: Operation, http: Http) -> Json:
    """Each schema is that of an item, as `x-stream` says."""
    record = operation.result.record or ""
    content = _media({"$ref": f"#/components/schemas/{record}"}, record, operation.has_rpc, http.answers)
    out: Json = dict.fromkeys((NDJSON, SSE), content[JSON])
    return out | ({PROTOBUF_STREAM: content[PROTOBUF[0]]} if PROTOBUF[0] in content else {})


def _of_ranges(spelling: Spelling, operation: Operation, http: Http) -> Json:
    """What a read of bytes answers besides (RFC 9110 §13.1.2, §14)."""
    headers = _success_headers(spelling, operation, ())
    part = _success(spelling, operation, http, PARTIAL_CONTENT, "The part that Range asks for.")
    unchanged = {"description": "It is as the caller has it.", "headers": headers}
    ranged = {"headers": headers | {"Content-Range": _header("Content-Range")}}
    return {str(PARTIAL_CONTENT): part | ranged, str(NOT_MODIFIED): unchanged}


def _success_headers(spelling: Spelling, operation: Operation, carried: Iterable[Parameter]) -> Json:
    headers: Json = {"Stele-Contract": _header("Stele-Contract")}
    if operation.result.record:
        headers["Vary"] = _header("Vary")
    if operation.result.file:
        headers |= {name: _header(name) for name in FILE_HEADERS}
    if operation.bucket:
        headers |= {name: _header(name) for name in ("RateLimit", "RateLimit-Policy")}
    for one in carried:
        headers[one.carrier] = {
            "description": one.description or one.field,
            "schema": one.schema
            if one.carrier.lower() == ETAG
            else spelling.member(operation.result.record or "", one.field),
            "x-field": one.field,
        }
    return headers


def is_conditional(http: Http) -> bool:
    """A read whose result has an entity tag is not answered again to who has it (RFC 9110 §13.1.2)."""
    return http.method == "GET" and any(one.carrier.lower() == ETAG for one in http.response_headers)


def _not_modified(spelling: Spelling, operation: Operation, http: Http) -> Json:
    etag = [one for one in http.response_headers if one.carrier.lower() == ETAG]
    return {"description": "It is as the caller has it.", "headers": _success_headers(spelling, operation, etag)}


def _problem(status: int, errors: list[ErrorCode]) -> Json:
    titles = " ".join(f"`{error.code}`: {error.title}" for error in errors)
    names = [
        *(["RateLimit", "RateLimit-Policy"] if status == 429 else []),
        *(["Retry-After"] if status in (429, 503, 504) else []),
        *(["WWW-Authenticate"] if status == 401 else []),
        *(["Accept", "Accept-Encoding"] if status == 415 else []),
        *(["Content-Range"] if status == 416 else []),
        "Stele-Contract",
    ]
    schema: Json = {"$ref": "#/components/schemas/Problem"}
    content: Json = {PROBLEM: {"schema": schema}}
    return {"description": titles, "headers": {name: _header(name) for name in names}, "content": content}


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}

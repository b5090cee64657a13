"""What an HTTP operation answers when it succeeds; errors follow from `x-errors`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codegen.diagnostics import Place, meant
from codegen.ir.operations import Parameter, Result
from codegen.ir.types import Bool, Enum, Int, ListOf, Named, Record, Text, Type
from codegen.parse.directions import WRITE, kept
from codegen.parse.http_content import read_content
from codegen.parse.http_operation import HttpOperation, Sources
from codegen.parse.http_request import HEADER, OWN_HEADERS
from codegen.parse.json_schema import Schemas
from codegen.parse.yaml_tree import Mapping, Node, plain, text_of

STATUSES = ("200", "201", "202", "204")
OK = 200
ETAG = "etag"
HEADER_TEXT = re.compile(r"[!-~](?:[ -~]*[!-~])?")
"""What RFC 9110 section 5.5 lets a field's value be, in ASCII."""


@dataclass(slots=True)
class Success:
    """`descriptions` are by status, in the order of the source; the first status is what a handler gets without choosing."""

    descriptions: dict[int, str] = field(default_factory=dict)
    headers: dict[str, Parameter] = field(default_factory=dict)
    links: dict[str, object] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    """Of the headers."""


def read_success(sources: Sources, operation: HttpOperation, node: Mapping) -> Success:
    """The success responses; all of them have the same content, which becomes the operation's result."""
    found = Success()
    responses = node.get("responses")
    entries = list(responses) if isinstance(responses, Mapping) else []
    if not entries or any(status not in STATUSES for status, _ in entries):
        wrong = (
            next((responses.keys[status] for status, _ in entries if status not in STATUSES), None)
            if isinstance(responses, Mapping)
            else None
        )
        fix = f"write any of {', '.join(STATUSES)}; errors follow from x-errors"
        place = wrong or (responses.place if responses else operation.place)
        sources.findings.add("O013", place, f"{operation.name} must have success responses and no others", fix=fix)
        return Success({200: ""})
    results = [_response(sources, operation, int(status), each, found) for status, each in entries]
    for (status, each), result in zip(entries[1:], results[1:], strict=True):
        if result != results[0]:
            message = f"{operation.name} answers {status} with {result.record or 'no content'}"
            other = (entries[0][1].place, f"{entries[0][0]} has {results[0].record or 'no content'}")
            fix = "answer every success with the same content; a union may hold two"
            sources.findings.add("O014", each.place, message, other=other, fix=fix)
    operation.result = results[0]
    for parameter in found.headers.values():
        _check_header(sources, operation, parameter, found.places[parameter.carrier])
    return found


def _response(sources: Sources, operation: HttpOperation, status: int, node: Node, found: Success) -> Result:
    response = sources.documents.resolve(node)
    found.descriptions[status] = ""
    if not isinstance(response, Mapping):
        if response is not None:
            message = f"the response {status} of {operation.name} is no mapping"
            sources.findings.add("O014", response.place, message, fix="write description and content")
        return Result(None)
    sources.only(response, {"description", "headers", "content", "links"}, "O003", "a response")
    found.descriptions[status] = text_of(response.get("description")) or ""
    what = f"the response of {operation.name}"
    content = read_content(sources, response, what)
    if (content is None) != (status == 204):
        message = f"{operation.name} answers {status} {'without' if content is None else 'with'} content"
        sources.findings.add("O014", response.place, message, fix="204 has no content, the others have")
    operation.answers += sources.examples(response)
    found.links |= _links(sources, operation, response)
    listed = sources.mapping(response, "headers")
    found.headers |= {one.carrier: one for one in _headers(sources, response)}
    found.places |= listed.keys if isinstance(listed, Mapping) else {}
    if content is None or content.schema is None:
        return Result(None, file=content.file if content else None)
    if content.is_stream:
        _check_stream(sources, operation, status, response)
        return stream_of(read_result(content.schema, sources.schemas, what))
    return read_result(content.schema, sources.schemas, what)


def stream_of(item: Result) -> Result:
    """A stream of what would else be the one answer; an item that is a list is one item all the same."""
    return Result(item.record, is_stream=True)


def _check_stream(sources: Sources, operation: HttpOperation, status: int, response: Mapping) -> None:
    """The head goes before the items, so nothing in it can be told of them."""
    beside = [key for key in ("headers", "links") if key in response.entries]
    if status != OK or beside:
        message = f"{operation.name} streams with {' and '.join(beside) or f'the status {status}'}"
        fix = f"remove {' and '.join(beside)}" if beside else f"answer {OK}"
        sources.findings.add("O021", response.place, message, fix=fix)


def _links(sources: Sources, operation: HttpOperation, response: Mapping) -> dict[str, object]:
    """The links, each whole: what $ref names stands in its place."""
    found: dict[str, object] = {}
    fix = "write a mapping: a name, then operationId and parameters"
    for name, node in sources.mapping(response, "links") or ():
        link = sources.documents.resolve(node)
        given = link.get("parameters") if isinstance(link, Mapping) else None
        if isinstance(link, Mapping) and (given is None or isinstance(given, Mapping)):
            found[name] = plain(link)
            operation.links.append((name, link))
        elif link is not None:
            sources.findings.add("O003", node.place, f"the link {name!r} is none", fix=fix)
    return found


def _headers(sources: Sources, response: Mapping) -> list[Parameter]:
    headers = sources.mapping(response, "headers")
    found = []
    for name, node in headers if isinstance(headers, Mapping) else ():
        header = sources.documents.resolve(node)
        carried = text_of(header.get("x-field")) if isinstance(header, Mapping) else None
        if not isinstance(header, Mapping) or carried is None:
            sources.findings.add(
                "O010", node.place, f"the response header {name!r} carries no field", fix="add x-field"
            )
            continue
        if name.lower() in OWN_HEADERS or not HEADER.fullmatch(name):
            message = f"the response header {name!r} is the door's own, or the name of none"
            sources.findings.add("O010", node.place, message, fix="use another header")
            continue
        sources.only(header, {"description", "schema", "required"}, "O003", "a response header")
        schema = header.get("schema")
        description = text_of(header.get("description")) or ""
        found.append(Parameter(carried, name, "header", description, plain(schema) if schema else {}))
    return found


def _check_header(sources: Sources, operation: HttpOperation, header: Parameter, place: Place) -> None:
    """A header's text is a number, a flag, a form or an enum of the result: other text could break the line."""
    record = sources.schemas.definitions.get(operation.result.record or "")
    if record is None:
        return
    one = record.field(header.field) if isinstance(record, Record) else None
    if (
        one is None
        or not one.required
        or one.nullable
        or one.access == WRITE
        or not _fits_header(sources.schemas, one.type)
    ):
        known = [one.name for one in record.fields] if isinstance(record, Record) else []
        is_there = one is not None
        message = f"the response header {header.carrier!r} of {operation.name} carries {header.field!r}"
        fix = "name a required number, flag, date, uuid, decimal or enum of the result"
        sources.findings.add("O010", place, message, fix=fix if is_there else meant(header.field, known, fix))


def _fits_header(schemas: Schemas, kind: Type) -> bool:
    if not isinstance(kind, Named):
        return isinstance(kind, Bool | Int | Text)
    found = schemas.definitions.get(kind.name)
    return isinstance(found, Enum) and all(HEADER_TEXT.fullmatch(str(value)) for _, value in found.members)


def read_result(schema: Node, schemas: Schemas, what: str) -> Result:
    """A record `{items}` or `{items, meta}` is a list: a frame carries its items as data."""
    name = schemas.define(schema, what)
    record = schemas.definitions.get(name or "")
    if not isinstance(record, Record):
        return Result(name)
    names = [one.member for one in kept(record.fields, WRITE)]
    items = record.field("items")
    is_list = names in (["items"], ["items", "meta"]) and items is not None and isinstance(items.type, ListOf)
    meta = record.field("meta")
    return Result(name, is_list, is_list and meta is not None and isinstance(meta.type, Named))

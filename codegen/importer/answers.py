"""Bodies and answers of HTTP operations: one record in JSON, a form or bytes; what differs from that in the document is said."""

from __future__ import annotations

from dataclasses import dataclass, field

from codegen.importer.answer_headers import read_headers
from codegen.importer.draft import Data, Ref
from codegen.importer.files import bytes_content, form_content
from codegen.importer.links import Ends, Links, links_of
from codegen.importer.losses import ANSWER, DOCUMENT, PRESENCE
from codegen.importer.media import MULTIPART, chosen, content_of, is_bytes
from codegen.importer.nodes import made, mapping, place_of, text, value
from codegen.importer.notes import named_examples, wrapped_in
from codegen.importer.types import Types
from codegen.parse.http_responses import STATUSES
from codegen.parse.yaml_tree import Mapping, Node

DESCRIBED = "As asked."


@dataclass(slots=True)
class _Success:
    status: str
    node: Node
    description: str
    content: Data | None
    headers: Data = field(default_factory=dict)
    links: Mapping | None = None

    @property
    def record(self) -> Ref | None:
        found = (self.content or {}).get("application/json", {}).get("schema")
        return found if isinstance(found, Ref) else None


@dataclass(frozen=True, slots=True)
class Body:
    """`record` is None where the content is bytes; `description` is what the document says of the body itself."""

    record: Ref | None
    content: Data
    description: str = ""


def read_body(types: Types, operation: Mapping, label: str, hint: str) -> Body | None:
    """None without one."""
    body = types.shapes.library.resolve(operation.get("requestBody"))
    if not isinstance(body, Mapping):
        return None
    what = f"the body of {label}"
    media, schema = chosen(types.shapes.library, types.losses, body, what)
    if not media:
        return None
    if value(body, "required") is not True:
        types.losses.count(
            PRESENCE,
            place_of(operation, "requestBody"),
            "a body may not be left out; one of which nothing is required is `{}`",
            "write required: true",
        )
    described = text(body, "description").strip()
    if is_bytes(media):
        return Body(None, bytes_content(types, body, what), described)
    if media == MULTIPART:
        return Body(*form_content(types, body, schema, what, f"{hint}_body"), described)
    record = types.message(schema if schema is not None else made(body, {}), what, f"{hint}_body", is_request=True)
    return Body(record, _json(types, record, body, media), described)


def _json(types: Types, record: Ref, holder: Mapping, media: str) -> Data:
    """With the examples of the media type; those of what is wrapped are wrapped as well."""
    found = named_examples(content_of(types.shapes.library, holder, media))
    if (member := types.wrapped.get(record.name)) is not None:
        found = wrapped_in(member, found)
    return {"application/json": {"schema": record, **found}}


def read_responses(types: Types, links: Links, ends: Ends, operation: Mapping, label: str, hint: str) -> Data | None:
    """The successes as they stand in http/, whose links come when all operations are read; None where the document has none."""
    responses = mapping(operation, "responses")
    if responses is None:
        return None
    for status, node in responses:
        if status[:1] in "13":
            types.losses.count(
                ANSWER,
                node.place,
                f"the response {status} is left out: only successes and errors are answered",
                "nothing, or an operation that says it in a record",
            )
    found = [_success(types, status, node, label, hint) for status, node in _successes(responses)]
    if not found:
        return None
    main = next((one for one in found if one.content is not None), found[0])
    ends.result = main.record
    written: Data = {}
    for one in found:
        if _is_equal(types, one.content, main.content):
            response = _write(types, written, one, main, label)
            if response is not None and one.links is not None:
                links.wait(label, ends, response, one.links)
        else:
            said = "no content" if one.content is None else "another content"
            types.losses.add(
                ANSWER,
                one.node.place,
                f"{label} does not answer {one.status}, which has {said}",
                "answer a union of both, or leave one out",
            )
    return written


def _successes(responses: Mapping) -> list[tuple[str, Node]]:
    listed = [(status, node) for status, node in responses if status.startswith("2")]
    return sorted(listed, key=lambda one: one[0]) or [
        (status, node) for status, node in responses if status == "default"
    ]


def _success(types: Types, status: str, node: Node, label: str, hint: str) -> _Success:
    response = types.shapes.library.resolve(node)
    if not isinstance(response, Mapping):
        return _Success(status, node, DESCRIBED, None)
    _beside(types, response, label)
    what = f"the answer {status} of {label}"
    described = text(response, "description").strip() or DESCRIBED
    media, schema = chosen(types.shapes.library, types.losses, response, what)
    found = _Success(status, node, described, None, links=links_of(types.shapes.library, response))
    if media and status != "204":
        found.content = _content(types, response, media, schema, what, hint)
    found.headers = read_headers(types, response, found.record, label)
    return found


def _content(types: Types, response: Mapping, media: str, schema: Node | None, what: str, hint: str) -> Data:
    if is_bytes(media):
        return bytes_content(types, response, what)
    record = types.message(
        schema if schema is not None else made(response, {}), what, f"{hint}_result", is_request=False
    )
    return _json(types, record, response, media)


def _beside(types: Types, response: Mapping, label: str) -> None:
    for key in response.entries:
        if key not in ("description", "content", "headers", "links"):
            types.losses.count(DOCUMENT, place_of(response, key), f"{key!r} of responses is left out", "nothing")


def _is_equal(types: Types, one: Data | None, other: Data | None) -> bool:
    """Wrapped values of one form are records of different names."""
    if one is None or other is None or one.keys() != other.keys():
        return one is other
    first, second = one.get("application/json"), other.get("application/json")
    if first is not None and second is not None and first["schema"] == second["schema"]:
        return True
    if one == other or first is None or second is None:
        return one == other
    return types.schemas[first["schema"].name] == types.schemas[second["schema"].name]


def _write(types: Types, written: Data, one: _Success, main: _Success, label: str) -> Data | None:
    """The response that is written for a success; None where it is that of another status."""
    wanted = one.status if one.status in STATUSES else "200"
    status = "204" if main.content is None else wanted
    if status in written and status == one.status:
        written[status]["description"] = one.description
        known: Data = written[status]
        return known
    if status in written:
        types.losses.add(
            ANSWER,
            one.node.place,
            f"{label} answers {status} instead of {one.status} too",
            "nothing, if clients look at the class alone",
        )
        return None
    if status != one.status:
        types.losses.add(
            ANSWER,
            one.node.place,
            f"{label} answers {status} and not {one.status}",
            "write content, or another status of 200, 201, 202, 204",
        )
    content = {"content": main.content} if main.content is not None else {}
    found: Data = {"description": one.description, **one.headers, **content}
    written[status] = found
    return found

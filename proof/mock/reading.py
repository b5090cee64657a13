"""From an HTTP request to the fields of its operation: path, query, headers and body, as OpenAPI binds them.

Text that is not of its field's type is left for the schema to refuse; what is unknown, or stands twice, is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from google.protobuf.message import DecodeError

from codegen.ir.operations import Operation, Parameter
from codegen.ir.types import Definition, Enum, Field, Int, ListOf, MapOf, Named, String, Type
from codegen.parse.http_request import IF_MATCH
from proof.documents import JSON, Json
from proof.mock.media import Headers
from proof.mock.refusal import Refusal, escaped, unfit
from proof.parameters import typed
from proof.protobuf import Protobuf
from proof.ws.codec import strict_json

TAG = re.compile(r'(W/)?"([!#-~\x80-\xff]*)"')
VERSION = re.compile("0|[1-9][0-9]{0,18}")
KEY = re.compile("[!-~]{1,255}")
MAX_TAGS, MAX_QUERY_BYTES, MAX_QUERY_FIELDS = 16, 16_384, 100


@dataclass(frozen=True, slots=True)
class Request:
    """`body` is None where the operation has none; `media` is its type. `path` has the texts of the parameters by carrier."""

    headers: Headers
    path: Mapping[str, str]
    query: bytes
    media: str = ""
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """`versions` are those that If-Match names beside the one in the fields."""

    fields: Json
    versions: tuple[int, ...] = ()


class Reader:
    """Of one contract."""

    def __init__(self, definitions: Mapping[str, Definition], protobuf: Protobuf | None) -> None:
        self._definitions = definitions
        self._protobuf = protobuf

    def read(self, operation: Operation, request: Request) -> Read:
        """Raises Refusal."""
        outside, versions = self.outside(operation, request)
        inside = self._inside(operation, request) if request.body is not None else {}
        return Read({**inside, **outside}, versions)

    def outside(self, operation: Operation, request: Request) -> tuple[Json, tuple[int, ...]]:
        """What stands beside the body."""
        assert operation.http is not None
        out: Json = {}
        versions: tuple[int, ...] = ()
        query = self._query(operation, request.query)
        for one in operation.http.parameters:
            declared = operation.request.field(one.field)
            if declared is None:
                continue
            if one.location == "path":
                out[declared.member] = typed(self._definitions, declared.type, unquote(request.path[one.carrier]))
            elif one.location == "query" and one.carrier in query:
                out[declared.member] = self._listed(declared, one, query[one.carrier])
            elif one.location == "header" and (text := request.headers.get(one.carrier.lower())) is not None:
                if one.carrier.lower() == IF_MATCH:
                    first, *others = expected_versions(declared, text)
                    versions = tuple(one for one in others if one is not None)
                    out |= {} if first is None else {declared.member: first}
                else:
                    is_list = isinstance(declared.type, ListOf)
                    texts = [each.strip() for each in text.split(",")] if is_list else [text]
                    out[declared.member] = self._listed(declared, one, texts)
        return out, versions

    def _query(self, operation: Operation, query: bytes) -> dict[str, list[str]]:
        """An operation that takes no input does not look at it."""
        if not query or not operation.request.fields:
            return {}
        try:
            if len(query) > MAX_QUERY_BYTES:
                raise ValueError(len(query))
            pairs = parse_qsl(query.decode("ascii"), True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
        except ValueError:
            raise Refusal("malformed", "The query cannot be read.") from None
        assert operation.http is not None
        known = {one.carrier for one in operation.http.parameters if one.location == "query"}
        found: dict[str, list[str]] = {}
        for name, text in pairs:
            if name not in known:
                raise unfit(f"/{escaped(name)}", "There is no such parameter.")
            found.setdefault(name, []).append(text)
        return found

    def _listed(self, declared: Field, parameter: Parameter, texts: list[str]) -> Any:
        if isinstance(declared.type, ListOf):
            return [typed(self._definitions, declared.type.item, text) for text in texts]
        if len(texts) > 1:
            raise unfit(f"/{escaped(parameter.carrier)}", "The parameter stands twice.")
        return typed(self._definitions, declared.type, texts[0])

    def part(self, kind: Type, text: str) -> Any:
        """Of a form: a record, a union or a map is JSON there."""
        definition = self._definitions[kind.name] if isinstance(kind, Named) else None
        if isinstance(kind, MapOf) or (definition is not None and not isinstance(definition, Enum)):
            return _parsed(text.encode())
        return text if isinstance(kind, String) else typed(self._definitions, kind, text)

    def _inside(self, operation: Operation, request: Request) -> Json:
        assert operation.http is not None
        assert request.body is not None
        carried = {one.field for one in operation.http.parameters}
        beside = {one.member for one in operation.request.fields if one.name in carried}
        if request.media == JSON:
            found = _parsed(request.body)
            if taken := sorted(beside & found.keys()):
                raise unfit(f"/{escaped(taken[0])}", "The field does not stand in the body.")
            return found
        found = asked(self._protobuf, operation, request.body)
        return {name: one for name, one in found.items() if name not in beside}


def asked(protobuf: Protobuf | None, operation: Operation, data: bytes) -> Json:
    """The fields of a request in protobuf."""
    assert protobuf is not None, "protobuf is read only where there are messages"
    try:
        return protobuf.asked(operation, data)
    except DecodeError:
        raise Refusal("malformed", "The message is not valid protobuf.") from None
    except (ValueError, OverflowError, RecursionError):
        raise Refusal("invalid_data", "A value is out of range.") from None


def expected_versions(declared: Field, text: str) -> list[int | None]:
    """At least one; None is any (RFC 9110 §13.1.1). Tags that were never ours match nothing: the greatest version stands for them."""
    if text.strip() == "*":
        return [None]
    around = [one.strip(" \t") for one in TAG.sub('"', text).split(",")]
    tags = TAG.findall(text)
    if not tags or any(one not in ("", '"') for one in around):
        raise unfit(f"/{declared.member}", "Should be * or entity tags, each in quotes.")
    if len(tags) > MAX_TAGS:
        raise Refusal("malformed", f"If-Match names more than {MAX_TAGS} entity tags.")
    low, high = (declared.type.minimum, declared.type.maximum) if isinstance(declared.type, Int) else (1, 2**53 - 1)
    named = [int(opaque) for weak, opaque in tags if not weak and VERSION.fullmatch(opaque)]
    return list(dict.fromkeys(one for one in named if low <= one <= high)) or [high]


def is_unchanged(if_none_match: str, tag: str) -> bool:
    """Whether the caller has what bears the tag (RFC 9110 §13.1.2), compared weakly. Nonsense is as none."""
    if if_none_match.strip() == "*":
        return True
    around = [one.strip(" \t") for one in TAG.sub('"', if_none_match).split(",")]
    return all(one in ("", '"') for one in around) and tag in [opaque for _, opaque in TAG.findall(if_none_match)]


def idempotency_key(operation: Operation, headers: Headers) -> str:
    key = headers.get("idempotency-key")
    if operation.idempotency != "key" or key is None:
        return ""
    if KEY.fullmatch(key) is None:
        raise Refusal("malformed", "The Idempotency-Key is not 1 to 255 visible ASCII characters.")
    return key


def _parsed(body: bytes) -> Json:
    try:
        found = strict_json(body.decode())
    except (ValueError, RecursionError):
        raise Refusal("malformed", "The body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise unfit("", "Should be an object.")
    return found

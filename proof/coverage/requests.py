"""What a REST request asks: its operation by method and path, and its fields as one JSON value, wherever HTTP carries them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from google.protobuf.message import DecodeError

from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Bool, Field, Float, Int, ListOf, Type
from proof.documents import PROTOBUF, Json
from proof.protobuf import Protobuf

VARIABLE = re.compile(r"\{([^}]*)\}")
UNREADABLE = (ValueError, KeyError, TypeError, RecursionError, DecodeError)


class Routes:
    """Of one contract. A HEAD is its GET (RFC 9110 §9.3.2)."""

    def __init__(self, contract: Contract, protobuf: Protobuf | None) -> None:
        self._protobuf = protobuf
        self._routes = [
            (one.http.method.upper(), *_pattern(one.http.path), one)
            for one in sorted(contract.operations, key=lambda one: one.http.path.count("{") if one.http else 0)
            if one.http
        ]

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """With the texts of its path; None for what the contract does not have."""
        verb = "GET" if method == "HEAD" else method
        for due, pattern, names, operation in self._routes:
            if due == verb and (found := pattern.fullmatch(path)):
                return operation, dict(zip(names, map(unquote, found.groups()), strict=True))
        return None

    def fields(
        self, operation: Operation, path: Mapping[str, str], query: str, headers: Mapping[str, str], body: bytes
    ) -> Json | None:
        """None where the request is bytes, or cannot be read."""
        if operation.has_bytes or operation.http is None:
            return None
        try:
            out = self._in_body(operation, headers.get("content-type", ""), body)
        except UNREADABLE:
            return None
        given = parse_qsl(query, keep_blank_values=True)
        for one in operation.http.parameters:
            texts = {
                "path": [path[one.carrier]] if one.carrier in path else [],
                "query": [text for name, text in given if name == one.carrier],
                "header": [headers[one.carrier.lower()]] if one.carrier.lower() in headers else [],
            }.get(one.location, [])
            declared = operation.request.field(one.field)
            if texts and declared is not None:
                out[declared.member] = _value(declared, one.carrier, texts)
        return out

    def _in_body(self, operation: Operation, media: str, body: bytes) -> Json:
        if not body:
            return {}
        if media.startswith(PROTOBUF):
            return self._protobuf.asked(operation, body) if self._protobuf else {}
        found = json.loads(body)
        if not isinstance(found, dict):
            raise TypeError("no object")
        return found


def _pattern(path: str) -> tuple[re.Pattern[str], list[str]]:
    """A variable is one segment, or a part of one. With the names of the variables."""
    parts = VARIABLE.split(path)
    return re.compile("([^/]+)".join(map(re.escape, parts[::2]))), parts[1::2]


def _value(declared: Field, carrier: str, texts: Iterable[str]) -> Any:
    """A version travels as an entity tag (RFC 9110 §8.8.3)."""
    if isinstance(declared.type, ListOf):
        item = declared.type.item
        return [_typed(item, text) for text in texts]
    text = list(texts)[-1]
    return _typed(declared.type, text.strip('"') if carrier.lower() == "if-match" else text)


def _typed(kind: Type, text: str) -> Any:
    """What is no such value stays the text that it is."""
    if isinstance(kind, Bool):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(kind, Int | Float):
        try:
            return int(text) if isinstance(kind, Int) else float(text)
        except ValueError:
            return text
    return text

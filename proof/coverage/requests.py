"""What a REST request asks: its operation by method and path, and its fields as one JSON value, wherever HTTP carries them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Field, ListOf
from proof.documents import PROTOBUF, Json
from proof.parameters import order, pattern, typed
from proof.protobuf import UNREADABLE, Protobuf


class Routes:
    """Of one contract. A HEAD is its GET (RFC 9110 §9.3.2)."""

    def __init__(self, contract: Contract, protobuf: Protobuf | None) -> None:
        self._protobuf = protobuf
        self._definitions = contract.definitions
        routed = [(one.http.path, one.http.method.upper(), one) for one in contract.operations if one.http]
        self._routes = [
            (method, *pattern(path), one) for path, method, one in sorted(routed, key=lambda one: order(one[0]))
        ]

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """With the texts of its path; None for what the contract does not have."""
        verb = "GET" if method == "HEAD" else method
        for due, route, names, operation in self._routes:
            if due == verb and (found := route.fullmatch(path)):
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
                out[declared.member] = self._value(declared, one.carrier, texts)
        return out

    def _value(self, declared: Field, carrier: str, texts: list[str]) -> Any:
        """A version travels as an entity tag (RFC 9110 §8.8.3)."""
        if isinstance(declared.type, ListOf):
            return [typed(self._definitions, declared.type.item, text) for text in texts]
        text = texts[-1].strip('"') if carrier.lower() == "if-match" else texts[-1]
        return typed(self._definitions, declared.type, text)

    def _in_body(self, operation: Operation, media: str, body: bytes) -> Json:
        if not body:
            return {}
        if media.startswith(PROTOBUF):
            return self._protobuf.asked(operation, body) if self._protobuf else {}
        found = json.loads(body)
        if not isinstance(found, dict):
            raise TypeError("no object")
        return found

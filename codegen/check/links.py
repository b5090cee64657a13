"""Links lead somewhere: their operation, its parameters, and what an expression takes from the request and the answer exist.

OpenAPI 3.1, Link Object and Runtime Expressions. Linters do not look, and a client that follows a dead link fails at run time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codegen.diagnostics import Findings, meant
from codegen.ir.operations import Contract, Http, Operation
from codegen.ir.types import ListOf, MapOf, Named, Record, Type, Union
from codegen.parse.http_operation import HttpOperation
from codegen.parse.yaml_tree import Mapping, Node, Scalar

KEYS = {"operationId", "parameters", "requestBody", "description"}
EMBEDDED = re.compile(r"\{(\$[^}]*)\}")
PLAIN = {"$url", "$method", "$statusCode"}


def check_links(contract: Contract, http: dict[str, HttpOperation], findings: Findings) -> None:
    operations = {one.name: one for one in contract.operations if one.http}
    for name, written in http.items():
        source = operations.get(name)
        for label, link in written.links if source else ():
            _Link(contract, operations, source, f"the link {label!r} of {name}", findings).check(link)


class _Link:
    """One link of one operation."""

    def __init__(
        self,
        contract: Contract,
        operations: dict[str, Operation],
        source: Operation | None,
        what: str,
        findings: Findings,
    ) -> None:
        self._contract = contract
        self._operations = operations
        self._source = source
        self._what = what
        self._findings = findings

    def check(self, link: Mapping) -> None:
        for key in [key for key in link.entries if key not in KEYS and not key.startswith("x-")]:
            self._refuse(link.entries[key], f"has {key!r}", meant(key, KEYS, f"write {', '.join(sorted(KEYS))}"))
        named = link.get("operationId")
        target = self._operations.get(str(named.value)) if isinstance(named, Scalar) else None
        if target is None or target.http is None:
            node = named or link
            said = (
                f"leads to {named.value!r}, which HTTP does not have" if isinstance(named, Scalar) else "leads nowhere"
            )
            name = str(named.value) if isinstance(named, Scalar) else ""
            self._refuse(node, said, meant(name, self._operations, "write an operationId of openapi.yaml"))
            return
        parameters = link.get("parameters")
        for key, value in parameters if isinstance(parameters, Mapping) else ():
            if not _has_parameter(target.http, key):
                known = [one.carrier for one in target.http.parameters]
                fix = meant(key, known, f"{target.name} has {', '.join(known) or 'no parameter'}")
                self._refuse(value, f"gives {key!r}, which {target.name} does not take", fix)
            self._expressions(value)
        body = link.get("requestBody")
        if body is not None:
            self._expressions(body)

    def _expressions(self, value: Node) -> None:
        text = value.value if isinstance(value, Scalar) else None
        if not isinstance(text, str):
            return
        for one in [text] if text.startswith("$") else EMBEDDED.findall(text):
            if not self._exists(one):
                fix = "write $response.body#/field, $response.header.Name, $request.path.name, .query.name, .header.name or .body#/field"
                self._refuse(value, f"takes {one!r}, which there is not", meant(one, self._members(), fix))

    def _members(self) -> list[str]:
        """Expressions of the answer's own fields."""
        record = self._contract.definitions.get(self._source.result.record or "") if self._source else None
        return [f"$response.body#/{one.member}" for one in record.fields] if isinstance(record, Record) else []

    def _exists(self, expression: str) -> bool:
        """Whether the expression has a value in a request of the operation, or in its answer."""
        source, http = self._source, self._source.http if self._source else None
        if source is None or http is None or expression in PLAIN:
            return expression in PLAIN
        head, _, pointer = expression.partition("#")
        if head == "$response.body" and pointer:
            return source.result.record is not None and self._points(Named(source.result.record), pointer)
        if head == "$request.body" and pointer:
            fields = tuple(one for one in source.request.fields if http.body and one.name in http.body)
            return self._points_into(Record(source.request.name, fields), _tokens(pointer))
        if head in ("$request.body", "$response.body"):
            return http.body is not None if head == "$request.body" else source.result.record is not None
        place, _, name = expression.removeprefix("$request.").partition(".")
        if expression.startswith("$response.header."):
            wanted = expression.removeprefix("$response.header.").lower()
            return wanted in {one.carrier.lower() for one in http.response_headers}
        return expression.startswith("$request.") and _has_parameter(http, f"{place}.{name}")

    def _points(self, kind: Type, pointer: str) -> bool:
        return pointer.startswith("/") and self._reaches(kind, _tokens(pointer))

    def _reaches(self, kind: Type, tokens: list[str]) -> bool:
        """Whether a value of the type may have something there."""
        if not tokens:
            return True
        match kind:
            case ListOf(item):
                return tokens[0].isdecimal() and self._reaches(item, tokens[1:])
            case MapOf(value):
                return self._reaches(value, tokens[1:])
            case Named(name):
                return any(self._points_into(record, tokens) for record in self._records(name))
        return False

    def _records(self, name: str) -> Iterator[Record]:
        definition = self._contract.definitions.get(name)
        if isinstance(definition, Record):
            yield definition
        elif isinstance(definition, Union):
            yield from (self._contract.record(record) for _, record in definition.arms)

    def _points_into(self, record: Record, tokens: list[str]) -> bool:
        one = record.of_member(tokens[0])
        return one is not None and self._reaches(one.type, tokens[1:])

    def _refuse(self, node: Node, said: str, fix: str) -> None:
        self._findings.add("O016", node.place, f"{self._what} {said}", fix=fix)


def _has_parameter(http: Http, key: str) -> bool:
    """By its name, or by its place and name; a header's case does not count."""
    place, _, name = key.partition(".")
    return any(
        key == one.carrier or (place == one.location and name == one.carrier)
        or (one.location == "header" and one.carrier.lower() in (key.lower(), name.lower() if place == "header" else ""))
        for one in http.parameters
    )  # fmt: skip


def _tokens(pointer: str) -> list[str]:
    """RFC 6901."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("/").split("/")]

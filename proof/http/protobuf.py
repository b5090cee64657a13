"""The protobuf half of the REST door, of which schemathesis draws nothing (4.32 sends no body of a media type that it cannot serialize).

What JSON takes protobuf takes, what JSON refuses protobuf refuses for the same members, answers are readable messages, and damaged
bytes are answered by what is declared. Judges the form of requests only; what a handler then says depends on what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2
import hypothesis
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

from codegen.ir.operations import Contract, Http, Operation
from proof.documents import JSON, PROBLEM, PROTOBUF, Json, resolved
from proof.drawing import drawing
from proof.protobuf import Inexpressible, Protobuf
from proof.values import Fault, Values

REQUEST_S = 30.0
AWAY = {503, 504}
"""What a sound service may say of itself at any time."""
MAX_NOISE = 64


class Disagreement(Exception):
    """What was sent, and what was wrong with the answer."""


@dataclass
class Compared:
    """What has been tried, by operation; the same everywhere means nothing was found."""

    valid: int = 0
    invalid: int = 0
    damaged: int = 0


@dataclass(frozen=True)
class Refusal:
    """By the request's form, and which members are at fault, or before it was looked at."""

    code: str
    pointers: tuple[str, ...] = ()
    is_about_input: bool = field(kw_only=True)


@dataclass(frozen=True)
class Sent:
    """`values` are those of path, query and headers, all that are required."""

    values: Json
    body: Any


@dataclass
class Twins:
    """One caller's two encodings of each operation that has a body in both."""

    url: str
    contract: Contract
    document: Json
    token: str | None
    tried: dict[str, Compared] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._values = Values(self.document)
        self._protobuf = Protobuf(self.contract)
        self._implied_by = {one.code: one.implied_by for one in self.contract.errors}
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        self._client = httpx2.Client(base_url=self.url, headers=headers, timeout=REQUEST_S, trust_env=False)

    def find(self, examples: int, seed: int) -> Iterator[str]:
        """A line for each kind of finding of each operation, shrunk to the simplest input that shows it."""
        for operation in self.contract.operations:
            http = operation.http
            described = self._described(http) if http else None
            if http is None or described is None:
                continue
            self.tried[operation.name] = Compared()
            body = described["requestBody"]["content"][JSON]["schema"]
            for drawn, check in self._checks(operation, http, self._parameters(described), body):
                found = _search(drawn, check, examples, seed)
                if found is not None:
                    yield f"{operation.name} in protobuf: {found}"

    def _described(self, http: Http) -> Json | None:
        """The operation of the document, if its body may be either."""
        found: Json = self.document["paths"].get(http.path, {}).get(http.method.lower(), {})
        return found if {JSON, PROTOBUF} <= found.get("requestBody", {}).get("content", {}).keys() else None

    def _parameters(self, described: Json) -> SearchStrategy[Json]:
        """By the name on the wire; only those that must be there."""
        given = (resolved(self.document, one) for one in described.get("parameters", ()))
        return st.fixed_dictionaries(
            {one["name"]: self._values.valid(one["schema"]) for one in given if one.get("required")}
        )

    def _checks(
        self, operation: Operation, http: Http, parameters: SearchStrategy[Json], schema: Any
    ) -> Iterator[tuple[SearchStrategy[Any], Callable[[Any], None]]]:
        valid = st.builds(Sent, parameters, self._values.valid(schema))
        faults = st.builds(Sent, parameters, self._values.invalid(schema))
        tried = self.tried[operation.name]

        def check_valid(sent: Sent) -> None:
            self._agree(operation, http, sent, is_valid=True)
            tried.valid += 1

        def check_invalid(sent: Sent) -> None:
            fault: Fault = sent.body
            self._agree(operation, http, Sent(sent.values, fault.value), is_valid=False)
            tried.invalid += 1

        def check_damaged(sent: tuple[Sent, bytes]) -> None:
            self._answer(operation, http, sent[0], sent[1], PROTOBUF)
            tried.damaged += 1

        yield valid, check_valid
        yield faults, check_invalid
        yield (
            valid.flatmap(lambda one: st.tuples(st.just(one), damaged(self._bytes(operation, http, one)))),
            check_damaged,
        )

    def _agree(self, operation: Operation, http: Http, sent: Sent, *, is_valid: bool) -> None:
        try:
            data = self._message(operation, http, sent)
        except Inexpressible:
            hypothesis.reject()
        as_json = self._answer(operation, http, sent, _json(sent.body), JSON)
        as_protobuf = self._answer(operation, http, sent, data, PROTOBUF)
        said = [self._verdict(one) for one in (as_json, as_protobuf)]
        if said[0] != said[1]:
            raise Disagreement(f"{sent}: JSON is {said[0]}, protobuf is {said[1]}")
        if (said[1] is None) != is_valid and (said[1] is None or said[1].is_about_input):
            raise Disagreement(f"{sent} is {'valid' if is_valid else 'invalid'}, but protobuf is {said[1]}")

    def _message(self, operation: Operation, http: Http, sent: Sent) -> bytes:
        """All of the request in one message; what the path says there counts, as the path's."""
        names = {one.carrier: one.field for one in http.parameters}
        outside = {names[name]: value for name, value in sent.values.items() if name in names}
        if not isinstance(sent.body, dict):
            raise Inexpressible("a message has members")
        return self._protobuf.request(operation, outside | sent.body)

    def _bytes(self, operation: Operation, http: Http, sent: Sent) -> bytes:
        try:
            return self._message(operation, http, sent)
        except Inexpressible:
            return b""

    def _answer(self, operation: Operation, http: Http, sent: Sent, data: bytes, media: str) -> httpx2.Response:
        """Raises Disagreement for an answer that is not declared, or not readable as what it is declared to be."""
        described = self.document["paths"][http.path][http.method.lower()]
        path, query, headers = http.path, {}, {"content-type": media, "accept": media}
        for one in described.get("parameters", ()):
            if (value := sent.values.get(one["name"])) is not None:
                text = value if isinstance(value, str) else _json(value).decode()
                match one["in"]:
                    case "path":
                        path = path.replace(f"{{{one['name']}}}", quote(text, safe=""))
                    case "query":
                        query[one["name"]] = text
                    case "header":
                        headers[one["name"]] = text
        answer = self._client.request(http.method, path, params=query, headers=headers, content=data)
        fault = self._fault(operation, described, answer)
        if fault:
            raise Disagreement(f"{media} {data.hex() if media == PROTOBUF else data!r}: {answer.status_code} {fault}")
        return answer

    def _fault(self, operation: Operation, described: Json, answer: httpx2.Response) -> str | None:
        status, media = answer.status_code, answer.headers.get("content-type", "")
        declared = described["responses"].get(str(status))
        if declared is None:
            return "is not declared"
        if status >= 500 and status not in AWAY:
            return "is a fault of the service"
        if media and media not in resolved(self.document, declared).get("content", {}):
            return f"has {media}, which is not declared"
        if media == PROBLEM:
            schema = resolved(self.document, declared)["content"][PROBLEM]["schema"]
            return (
                None if self._values.is_valid(schema, answer.json()) else f"has a problem that is none: {answer.text}"
            )
        if media == PROTOBUF and operation.result.record is not None:
            return self._unreadable(operation.result.record, answer.content)
        return None

    def _unreadable(self, record: str, data: bytes) -> str | None:
        try:
            self._protobuf.value(record, data)
        except (DecodeError, ValueError) as error:
            return f"is no {record}: {error}"
        return None

    def _verdict(self, answer: httpx2.Response) -> Refusal | None:
        """None for what was taken as a request, whatever was then said of it. What comes and goes is no verdict: such a case is
        not counted."""
        if answer.headers.get("content-type") != PROBLEM:
            return None
        problem = answer.json()
        match self._implied_by.get(problem["code"]):
            case "input" | "body":
                pointers = sorted(one["pointer"] for one in problem["errors"])
                return Refusal(problem["code"], tuple(pointers), is_about_input=True)
            case "security":
                return Refusal(problem["code"], is_about_input=False)
            case "any" | "rate-limit":
                hypothesis.reject()
        return None


def damaged(whole: bytes) -> SearchStrategy[bytes]:
    """The message cut off, with one bit flipped, with bytes behind it, or noise instead."""
    noise = st.binary(max_size=MAX_NOISE)
    if not whole:
        return noise
    bits = st.integers(0, len(whole) * 8 - 1)
    return st.one_of(
        st.integers(0, len(whole) - 1).map(lambda length: whole[:length]),
        bits.map(lambda bit: _flipped(whole, bit)),
        noise.map(lambda more: whole + more),
        noise,
    )


def _flipped(whole: bytes, bit: int) -> bytes:
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _json(value: Any) -> bytes:
    return httpx2.Request("POST", "http://localhost", json=value).content


def _search(drawn: SearchStrategy[Any], check: Callable[[Any], None], examples: int, seed: int) -> Disagreement | None:
    """The simplest case that the check does not pass; None where there is none, or nothing to draw."""

    @hypothesis.seed(seed)
    @drawing(examples)
    @given(drawn)
    def attempt(case: Any) -> None:
        check(case)

    try:
        attempt()
    except Disagreement as found:
        return found
    except Unsatisfiable:
        return None
    return None

"""Everything that a contract says can happen, as facts that somebody may see: each a goal.

A goal is due where a test of the operation's own should reach it: that it succeeds at each of its doors, that it is refused by each code
that it declares itself and to who has no role, that its event is heard. The others are what the platform answers for it, and are told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codegen.emit.documents.asyncapi import emit as asyncapi
from codegen.ir.operations import Contract, Operation
from proof.coverage.facts import (
    ANONYMOUS,
    ANSWER,
    BROKEN,
    CALLER,
    CLOSE,
    CODE,
    DOORS,
    EVENT,
    KEPT,
    KEYWORD,
    MESSAGE,
    STATUS,
    WITHOUT,
    Fact,
    with_roles,
)
from proof.coverage.keywords import Keywords
from proof.documents import PROTOBUF
from proof.schemas import Schemas
from proof.ws.contract import Socket, read_socket

SUCCESSES, CODES, STATUSES, CALLERS, KEYWORDS, MESSAGES, CLOSES = (
    "successes",
    "codes",
    "statuses",
    "callers",
    "keywords",
    "messages",
    "close codes",
)
DIMENSIONS = {
    SUCCESSES: "Each operation succeeds at each door, in each encoding.",
    CODES: "Each operation is refused with each code that it may answer, at each door.",
    STATUSES: "Each status that an operation declares for REST is answered.",
    CALLERS: "Each operation lets in who has each group of its roles, and nobody else.",
    KEYWORDS: "Each keyword of what an operation takes is kept by some input and broken by another.",
    MESSAGES: "Each event and each control frame is sent, in each encoding.",
    CLOSES: "A socket is closed with each code of the table.",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """`subject` is an operation, or the event, frame or close code that the goal is of."""

    fact: Fact
    dimension: str
    subject: str
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """A contract as its coverage is seen: with the socket of its expanded document, and a schema for what each operation takes."""

    contract: Contract
    socket: Socket | None
    keywords: Keywords
    inputs: dict[str, Any]

    def doors_of(self, operation: Operation) -> list[str]:
        """What has neither body nor result is the same in each encoding of REST."""
        is_carried = operation.has_rpc and bool(self.contract.proto)
        has_content = operation.http is not None and (operation.http.body is not None or operation.result.record)
        encodings = {media == PROTOBUF for _, media in self.contract.frames.encodings}
        due = {
            "REST-json": operation.http is not None,
            "REST-protobuf": bool(has_content) and is_carried and not operation.has_bytes,
            "WS-json": operation.pkg_id is not None and False in encodings,
            "WS-protobuf": operation.pkg_id is not None and True in encodings and is_carried,
        }
        return [door for door in DOORS if due[door]]

    def codes_of(self, operation: Operation, door: str) -> list[str]:
        """Some belong to HTTP alone, and the socket's document leaves them out."""
        if door.startswith("WS") and self.socket is not None:
            return sorted(self.socket.operation(operation.name).errors or ())
        return sorted(operation.errors)


def scope(contract: Contract) -> Scope:
    schemas = Schemas(contract)
    inputs = {one.name: schemas.request(one) for one in contract.operations if one.request.fields and not one.has_bytes}
    socket = read_socket(json.loads(asyncapi(contract)[0].data)) if contract.socket_info else None
    return Scope(contract, socket, Keywords(schemas.document), inputs)


def goals(of: Scope) -> list[Goal]:
    return [goal for one in of.contract.operations for goal in _of_operation(of, one)] + list(_of_socket(of))


def _of_operation(of: Scope, operation: Operation) -> Iterator[Goal]:
    name, doors = operation.name, of.doors_of(operation)
    for door in doors:
        yield Goal((ANSWER, name, door, "ok"), SUCCESSES, name, is_due=True)
    for code in operation.declared_errors:
        yield Goal((CODE, name, code), CODES, name, is_due=True)
    for door in doors:
        for code in of.codes_of(operation, door):
            yield Goal((ANSWER, name, door, code), CODES, name)
    by_code = {one.code: one.status for one in of.contract.errors}
    refusals = {by_code[code] for code in operation.errors} if operation.http else set()
    for status in (*(operation.http.statuses if operation.http else ()), *sorted(refusals)):
        yield Goal((STATUS, name, str(status)), STATUSES, name)
    for kind in dict.fromkeys(door.partition("-")[0] for door in doors):
        yield from _of_callers(operation, kind)
    for place, keyword in of.keywords.said(of.inputs.get(name)):
        for outcome in (KEPT, BROKEN):
            yield Goal((KEYWORD, name, place, keyword, outcome), KEYWORDS, name)


def _of_callers(operation: Operation, kind: str) -> Iterator[Goal]:
    """A socket opens to nobody, so that who has no credential is seen at REST alone."""
    if operation.roles is None:
        return
    for group in operation.roles:
        yield Goal((CALLER, operation.name, kind, with_roles(group)), CALLERS, operation.name)
    if all(operation.roles):
        yield Goal((CALLER, operation.name, kind, WITHOUT), CALLERS, operation.name, is_due=True)
    if kind == "REST":
        yield Goal((CALLER, operation.name, kind, ANONYMOUS), CALLERS, operation.name)


def _of_socket(of: Scope) -> Iterator[Goal]:
    if of.socket is None:
        return
    encodings = ["protobuf" if media == PROTOBUF else "json" for media in of.socket.encodings.values()]
    for event in of.socket.events:
        yield Goal((EVENT, event.name), MESSAGES, event.name, is_due=True)
        yield from (Goal((MESSAGE, event.name, encoding), MESSAGES, event.name) for encoding in encodings)
    asked, told = of.socket.controls.asked, of.socket.controls.told.values()
    for name in dict.fromkeys([*asked, *(frame["properties"]["type"]["const"] for frame in told)]):
        yield from (Goal((MESSAGE, name, encoding), MESSAGES, name) for encoding in encodings)
    for name, number in (of.socket.close_codes or {}).items():
        yield Goal((CLOSE, str(number)), CLOSES, f"{number} {name}")

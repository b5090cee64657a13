"""The rules of the gate: what a change is called, how grave it is, and whom it breaks. Every rule has its mirror.

Requests are contravariant: what the server accepts may grow. Answers are covariant: what it sends may shrink. A request is
closed, so that a field which leaves it is refused; an answer is open, so that a field which joins it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """ERR fails the gate, and asks for a major version; WARN breaks nobody who keeps to the contract; INFO is for the
    reader."""

    ERR = "ERR"
    WARN = "WARN"
    INFO = "INFO"


class Audience(StrEnum):
    REST = "REST-JSON clients"
    """Who sends and reads JSON over HTTP."""
    SOCKET = "WS-JSON clients"
    """Who sends and reads JSON frames."""
    PROTOBUF = "protobuf clients"
    """Who sends and reads protobuf, at either door."""
    SOURCE = "users of the SDK's source"
    """Who compiles against a generated client: names and types, also where the wire stays as it is."""
    STORED = "stored events"
    """Events that were written by the old release and are read by the new one: rows of the outbox, entries of a stream."""


REST, SOCKET, PROTOBUF, SOURCE, STORED = Audience
JSON = (REST, SOCKET)
WIRE = (REST, SOCKET, PROTOBUF)
ALL = (REST, SOCKET, PROTOBUF, SOURCE)
ERR, WARN, INFO = Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """`mirror` is the rule of the opposite change; a rule that is its own mirror holds in both directions."""

    severity: Severity
    audiences: tuple[Audience, ...]
    mirror: str


RULES: dict[str, Rule] = {
    "operation-removed": Rule(ERR, ALL, "operation-added"),
    "operation-added": Rule(INFO, (), "operation-removed"),
    "operation-removed-after-sunset": Rule(WARN, ALL, "operation-added"),
    "operation-deprecated": Rule(INFO, (), "operation-undeprecated"),
    "operation-undeprecated": Rule(INFO, (), "operation-deprecated"),
    "field-deprecated": Rule(INFO, (), "field-undeprecated"),
    "field-undeprecated": Rule(INFO, (), "field-deprecated"),
    "type-deprecated": Rule(INFO, (), "type-undeprecated"),
    "type-undeprecated": Rule(INFO, (), "type-deprecated"),
    "sunset-advanced": Rule(ERR, ALL, "sunset-postponed"),
    "sunset-postponed": Rule(INFO, (), "sunset-advanced"),
    "feature-changed": Rule(ERR, (SOURCE,), "feature-changed"),
    "method-changed": Rule(ERR, (SOURCE,), "method-changed"),
    "pager-added": Rule(INFO, (), "pager-removed"),
    "pager-removed": Rule(ERR, (SOURCE,), "pager-added"),
    "pager-changed": Rule(ERR, (SOURCE,), "pager-changed"),
    "session-added": Rule(INFO, (), "session-removed"),
    "session-removed": Rule(ERR, (SOURCE,), "session-added"),
    "session-changed": Rule(ERR, (SOURCE,), "session-changed"),
    "http-door-removed": Rule(ERR, (REST, PROTOBUF), "http-door-added"),
    "http-door-added": Rule(INFO, (), "http-door-removed"),
    "http-address-changed": Rule(ERR, (REST, PROTOBUF), "http-address-changed"),
    "http-status-removed": Rule(ERR, (REST, PROTOBUF), "http-status-added"),
    "http-status-added": Rule(WARN, (REST, PROTOBUF), "http-status-removed"),
    "http-parameter-removed": Rule(ERR, (REST, PROTOBUF), "http-parameter-added"),
    "http-parameter-added": Rule(INFO, (), "http-parameter-removed"),
    "http-carrier-changed": Rule(ERR, (REST, PROTOBUF), "http-carrier-changed"),
    "http-header-removed": Rule(ERR, (REST, PROTOBUF), "http-header-added"),
    "http-header-added": Rule(INFO, (), "http-header-removed"),
    "http-header-changed": Rule(ERR, (REST, PROTOBUF), "http-header-changed"),
    "http-protobuf-removed": Rule(ERR, (PROTOBUF,), "http-protobuf-added"),
    "http-protobuf-added": Rule(INFO, (), "http-protobuf-removed"),
    "link-removed": Rule(WARN, WIRE, "link-added"),
    "link-added": Rule(INFO, (), "link-removed"),
    "link-changed": Rule(WARN, WIRE, "link-changed"),
    "socket-door-removed": Rule(ERR, (SOCKET, PROTOBUF), "socket-door-added"),
    "socket-door-added": Rule(INFO, (), "socket-door-removed"),
    "pkg-id-changed": Rule(ERR, (SOCKET, PROTOBUF), "pkg-id-changed"),
    "result-changed": Rule(ERR, ALL, "result-changed"),
    "roles-narrowed": Rule(ERR, WIRE, "roles-widened"),
    "roles-widened": Rule(WARN, (), "roles-narrowed"),
    "error-added": Rule(WARN, (SOURCE,), "error-removed"),
    "error-removed": Rule(INFO, (), "error-added"),
    "idempotency-key-removed": Rule(ERR, WIRE, "idempotency-key-added"),
    "idempotency-key-added": Rule(INFO, (), "idempotency-key-removed"),
    "limit-lowered": Rule(WARN, WIRE, "limit-raised"),
    "limit-raised": Rule(INFO, (), "limit-lowered"),
    "deadline-shortened": Rule(WARN, WIRE, "deadline-extended"),
    "deadline-extended": Rule(INFO, (), "deadline-shortened"),
    "objective-lowered": Rule(WARN, WIRE, "objective-raised"),
    "objective-raised": Rule(INFO, (), "objective-lowered"),
    "audit-changed": Rule(INFO, (), "audit-changed"),
    "event-removed": Rule(ERR, (SOCKET, PROTOBUF, SOURCE, STORED), "event-added"),
    "event-added": Rule(INFO, (), "event-removed"),
    "event-number-changed": Rule(ERR, (SOCKET, PROTOBUF, STORED), "event-number-changed"),
    "event-topic-changed": Rule(ERR, (SOCKET, PROTOBUF, STORED), "event-topic-changed"),
    "event-topic-removed": Rule(ERR, (SOCKET, PROTOBUF), "event-topic-added"),
    "event-topic-added": Rule(INFO, (), "event-topic-removed"),
    "topic-opened-by-handler": Rule(ERR, (SOCKET, PROTOBUF), "topic-opened-by-roles"),
    "topic-opened-by-roles": Rule(INFO, (), "topic-opened-by-handler"),
    "topic-conflated": Rule(ERR, (SOCKET, PROTOBUF), "topic-delivered-whole"),
    "topic-delivered-whole": Rule(INFO, (), "topic-conflated"),
    "topic-filter-removed": Rule(ERR, (SOCKET, PROTOBUF, SOURCE), "topic-filter-added"),
    "topic-filter-added": Rule(INFO, (), "topic-filter-removed"),
    "topic-presence-removed": Rule(ERR, (SOCKET, PROTOBUF, SOURCE), "topic-presence-added"),
    "topic-presence-added": Rule(INFO, (), "topic-presence-removed"),
    "request-field-removed": Rule(ERR, (*JSON, SOURCE), "request-field-added"),
    "request-field-added": Rule(INFO, (), "request-field-removed"),
    "request-required-field-added": Rule(ERR, (*JSON, SOURCE), "request-field-removed"),
    "request-field-required": Rule(ERR, (*JSON, SOURCE), "request-field-optional"),
    "request-field-optional": Rule(INFO, (), "request-field-required"),
    "request-null-refused": Rule(ERR, (*JSON, SOURCE), "request-null-accepted"),
    "request-null-accepted": Rule(INFO, (), "request-null-refused"),
    "request-type-changed": Rule(ERR, ALL, "request-type-changed"),
    "request-form-changed": Rule(ERR, (SOURCE,), "request-form-changed"),
    "request-values-narrowed": Rule(ERR, WIRE, "request-values-widened"),
    "request-values-widened": Rule(INFO, (), "request-values-narrowed"),
    "request-default-changed": Rule(WARN, WIRE, "request-default-changed"),
    "request-member-removed": Rule(ERR, ALL, "request-member-added"),
    "request-member-added": Rule(INFO, (), "request-member-removed"),
    "request-arm-removed": Rule(ERR, ALL, "request-arm-added"),
    "request-arm-added": Rule(INFO, (), "request-arm-removed"),
    "answer-field-removed": Rule(ERR, (*JSON, SOURCE), "answer-field-added"),
    "answer-optional-field-removed": Rule(ERR, (SOURCE,), "answer-field-added"),
    "answer-field-added": Rule(INFO, (), "answer-field-removed"),
    "answer-field-optional": Rule(ERR, (*JSON, SOURCE), "answer-field-required"),
    "answer-field-required": Rule(INFO, (), "answer-field-optional"),
    "answer-null-sent": Rule(ERR, (*JSON, SOURCE), "answer-null-never-sent"),
    "answer-null-never-sent": Rule(INFO, (), "answer-null-sent"),
    "answer-type-changed": Rule(ERR, ALL, "answer-type-changed"),
    "answer-form-changed": Rule(ERR, (SOURCE,), "answer-form-changed"),
    "answer-values-widened": Rule(WARN, WIRE, "answer-values-narrowed"),
    "answer-values-narrowed": Rule(INFO, (), "answer-values-widened"),
    "http-media-type-removed": Rule(ERR, (REST,), "http-media-type-added"),
    "http-media-type-added": Rule(WARN, (REST,), "http-media-type-removed"),
    "answer-default-changed": Rule(INFO, (), "answer-default-changed"),
    "answer-member-added": Rule(WARN, ALL, "answer-member-removed"),
    "answer-member-removed": Rule(INFO, (SOURCE,), "answer-member-added"),
    "field-renamed-in-code": Rule(ERR, (SOURCE,), "field-renamed-in-code"),
    "member-renamed": Rule(ERR, (SOURCE,), "member-renamed"),
    "answer-arm-added": Rule(ERR, ALL, "answer-arm-removed"),
    "answer-arm-removed": Rule(INFO, (SOURCE,), "answer-arm-added"),
    "proto-package-changed": Rule(ERR, (SOURCE,), "proto-package-changed"),
    "proto-number-changed": Rule(ERR, (PROTOBUF, STORED), "proto-number-changed"),
    "proto-kind-changed": Rule(ERR, (PROTOBUF, STORED), "proto-kind-changed"),
    "proto-width-changed": Rule(ERR, (SOURCE, STORED), "proto-width-changed"),
    "proto-presence-changed": Rule(ERR, (PROTOBUF, STORED), "proto-presence-changed"),
    "proto-member-number-changed": Rule(ERR, (PROTOBUF, STORED), "proto-member-number-changed"),
    "stored-entry-unreadable": Rule(ERR, (STORED,), "stored-entry-readable"),
    "stored-entry-readable": Rule(INFO, (), "stored-entry-unreadable"),
    "close-code-changed": Rule(ERR, (SOCKET, PROTOBUF), "close-code-changed"),
    "error-status-changed": Rule(ERR, (REST, PROTOBUF), "error-status-changed"),
    "error-frame-code-changed": Rule(ERR, (SOCKET, PROTOBUF), "error-frame-code-changed"),
    "waiver-expired": Rule(ERR, (), "waiver-unused"),
    "waiver-unused": Rule(WARN, (), "waiver-expired"),
}

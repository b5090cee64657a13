"""Roles, buckets, topics, errors and events that an operation names must be in the vocabulary; what it promises can be kept."""

from __future__ import annotations

from codegen.diagnostics import Findings, Place, meant
from codegen.ir.operations import Contract, Operation, Roles
from codegen.ir.sensitive import sensitive_names
from codegen.ir.types import file_of
from codegen.parse.policy import ERRORS, POLICY

MAX_LATENCIES = 8
"""Different ones in a contract: each makes every operation's histogram longer."""


def check_policy(contract: Contract, faulty: set[str], findings: Findings) -> None:
    """The rules V006 to V009, V012, V019, V020 and V032. `faulty` are entries of the vocabulary that have findings of their own; they
    count as known."""
    checker = _Checker(contract, faulty, findings)
    for operation in contract.operations:
        checker.operation(operation)
    for event in contract.events:
        checker.roles(f"the event {event.name}", event.roles, event.place)
        for topic in event.topics:
            checker.known("topic", topic, {one.name for one in contract.topics}, event.place, POLICY)
    checker.topics()
    checker.latencies()


class _Checker:
    def __init__(self, contract: Contract, faulty: set[str], findings: Findings) -> None:
        self._faulty = faulty
        self._contract = contract
        self._findings = findings
        self._roles = {role.name for role in contract.roles}

    def operation(self, operation: Operation) -> None:
        place = operation.place
        self.roles(operation.name, operation.roles, place)
        if operation.bucket is not None:
            self.known("bucket", operation.bucket, {bucket.name for bucket in self._contract.buckets}, place, POLICY)
        codes = {error.code: error for error in self._contract.errors}
        kinds = set(operation.implied_kinds())
        for code in operation.declared_errors:
            self.known("error", code, set(codes), place, ERRORS)
            if code in codes and codes[code].implied_by in kinds:
                self._findings.add(
                    "V006",
                    place,
                    f"{operation.name} declares {code}, which is implied",
                    fix="remove it from x-errors",
                )
        self.audit_fields(operation)
        for event in operation.publishes:
            self.known("event", event, {one.name for one in self._contract.events}, place, "specs/asyncapi.yaml")
        if operation.is_query and operation.idempotency == "key":
            self._findings.add(
                "V007",
                place,
                f"{operation.name} is a query and has x-idempotent: key",
                fix="write natural, or make it a command",
            )

        if operation.idempotency == "key" and operation.http and len(operation.http.statuses) > 1:
            self._findings.add(
                "V012",
                place,
                f"{operation.name} has x-idempotent: key and several success statuses",
                fix="write natural, or one status",
            )

    def audit_fields(self, operation: Operation) -> None:
        fields = {one.name: one for one in operation.request.fields}
        secret = {name.partition(".")[0] for name in sensitive_names(self._contract, operation.request.fields)}
        for name in operation.audit_fields:
            fix = "leave it out of x-audit-fields"
            if operation.audit == "none":
                fault = "there is none, by x-audit"
            elif name not in fields:
                fault, fix = "the request has no such field", meant(name, set(fields), fix)
            elif file_of(fields[name].type):
                fault = "it is bytes"
            elif name in secret:
                fault = "it is, or has in it, what no log may have"
            else:
                continue
            self._findings.add(
                "V032", operation.place, f"the audit row of {operation.name} keeps {name!r}, but {fault}", fix=fix
            )

    def latencies(self) -> None:
        """Objectives are measured in buckets, from which a call that has passed its deadline is absent."""
        first: dict[float, Operation] = {}
        for operation in self._contract.operations:
            objective = operation.objective
            if objective is None or objective.latency is None:
                continue
            first.setdefault(objective.within_s, operation)
            if objective.within_s >= operation.timeout_s:
                self._findings.add(
                    "V019",
                    operation.place,
                    f"{operation.name} promises answers within {objective.within_s:g} s and ends after {operation.timeout_s:g} s",
                    fix="promise less time, or give it more with x-timeout",
                )
        for within_s, operation in sorted(first.items())[MAX_LATENCIES:]:
            message = f"{operation.name} promises answers within {within_s:g} s, and there are {len(first)} such times"
            others = ", ".join(f"{one:g} s" for one in sorted(first) if one != within_s)
            self._findings.add("V020", operation.place, message, fix=f"use one of the others: {others}")

    def roles(self, owner: str, roles: Roles, place: Place) -> None:
        for role in sorted({role for group in roles or () for role in group}):
            self.known("role", role, self._roles, place, POLICY, owner)

    def known(self, kind: str, name: str, names: set[str], place: Place, file: str, owner: str = "") -> None:
        if name not in names and name not in self._faulty:
            what = f"{owner} names" if owner else "this names"
            self._findings.add(
                "V008",
                place,
                f"{what} the {kind} {name!r}, which is unknown",
                fix=meant(name, names, f"add it to {file}, or use one of {', '.join(sorted(names))}"),
            )

    def topics(self) -> None:
        """Everybody on a topic may see all of its events, so these ask for the same roles."""
        first: dict[str, tuple[Roles, Place]] = {}
        for event in self._contract.events:
            for topic in event.topics:
                roles, place = first.setdefault(topic, (event.roles, event.place))
                if roles != event.roles:
                    self._findings.add(
                        "V009",
                        event.place,
                        f"{event.name} asks for other roles than its topic {topic!r}",
                        other=(place, "asks first"),
                        fix="write the same security on all events of a topic",
                    )

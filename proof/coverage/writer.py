"""Facts of calls, whichever door they came through."""

from __future__ import annotations

import json
from typing import Any

from codegen.ir.operations import Operation
from proof.callers import roles_of
from proof.coverage.facts import ANONYMOUS, ANSWER, BROKEN, CALLER, CODE, KEPT, KEYWORD, WITHOUT, Notebook, with_roles
from proof.coverage.goals import Scope
from proof.documents import Json


class Writer:
    def __init__(self, of: Scope, notes: Notebook) -> None:
        self._scope = of
        self.notes = notes

    def answered(self, operation: Operation, door: str, code: str, roles: frozenset[str] | None) -> None:
        """`roles` are None where the caller showed no credential, or one that says nothing of roles."""
        note, kind = self.notes.note, door.partition("-")[0]
        note(ANSWER, operation.name, door, code)
        if code != "ok":
            note(CODE, operation.name, code)
        if code == "unauthenticated" and roles is None:
            note(CALLER, operation.name, kind, ANONYMOUS)
        elif code == "forbidden":
            note(CALLER, operation.name, kind, WITHOUT)
        elif roles is not None and code != "unauthenticated":
            groups = [group for group in operation.roles or () if group <= roles]
            if len(groups) == 1:
                note(CALLER, operation.name, kind, with_roles(groups[0]))

    def took(self, operation: Operation, fields: Any) -> None:
        """What was given to an operation, whatever became of it."""
        schema = self._scope.inputs.get(operation.name)
        for place, keyword, is_kept in self._scope.keywords.tried(schema, fields):
            self.notes.note(KEYWORD, operation.name, place, keyword, KEPT if is_kept else BROKEN)


def headers_of(scope: Any) -> dict[str, str]:
    return {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in scope.get("headers", ())}


def bearer_roles(headers: Json) -> frozenset[str] | None:
    kind, _, token = str(headers.get("authorization", "")).partition(" ")
    return roles_of(token) if kind.lower() == "bearer" and token else None


def code_of(problem: bytes) -> str | None:
    """Of a problem (RFC 9457) with a code; None for what is none."""
    try:
        return str(json.loads(problem)["code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None

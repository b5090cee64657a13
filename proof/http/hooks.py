"""Loaded by schemathesis in its own process: what it is told of the document, what is counted, and what is excused.

Says nothing to the service and changes no answer.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure

from proof.documents import Json
from proof.http.callers import LOGIN, PASSWORD, USERNAME
from proof.http.excuses import code_of, excuse
from proof.http.preparation import prepare
from proof.http.tally import TALLY, Tally


def register(path: Path) -> None:
    """Every answer is heard, those of links and of checks too; the tally is written when the process ends."""
    tally, credentials = Tally(), _credentials()
    atexit.register(tally.write, path)

    @schemathesis.hook
    def before_load_schema(context: HookContext, raw_schema: Json) -> None:
        prepare(raw_schema, credentials)

    @schemathesis.hook
    def map_case(context: HookContext, case: Case[Any]) -> Case[Any]:
        return logging_in(case, credentials)

    @schemathesis.hook
    def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
        tally.hear(case.operation.label, response.status_code, code_of(response))

    @schemathesis.hook
    def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
        known = excuse(failure, case, response)
        if known is not None:
            tally.excused[known.reason] += 1
        return known is None


def _credentials() -> dict[str, Json]:
    """The body with which the caller logs in, by operation; empty for one who does not."""
    operation, *fields = os.environ.get(LOGIN, "").split()
    values = [os.environ.get(USERNAME), os.environ.get(PASSWORD)]
    return {operation: dict(zip(fields, values, strict=True))} if all(values) else {}


def logging_in(case: Case[Any], credentials: Mapping[str, Json]) -> Case[Any]:
    """A half of the valid logins get the caller's name and password: drawn ones are never right, and what follows a login
    would not be tried."""
    body = credentials.get(case.operation.definition.raw.get("operationId", ""))
    if body and case.meta and case.meta.generation.mode.is_positive and len(str(case.body)) % 2:
        case.body = dict(body)
    return case


if TALLY in os.environ:
    register(Path(os.environ[TALLY]))

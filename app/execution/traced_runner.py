"""The pipeline, where each call is a span, too: the one that stands for the request in its trace, at either door."""

from __future__ import annotations

import asyncio
from typing import Any

from app.execution.access_log import FAILED, http_facts
from app.execution.audit_rows import OK
from app.execution.context import Abandoned, Call, Door
from app.execution.runner import CANCELLED, Pipeline
from app.telemetry.traces.port import Facts, Span, Tracer
from generated.errors import ApiError
from generated.http_routes import ROUTES

NAMES = {"method": "http.request.method", "endpoint": "http.route", "status": "http.response.status_code"}
"""Ours, and those of the semantic conventions."""


class TracedRunner:
    """As the runner that it stands before. The span has the operation, its door and how it ended; over HTTP also the method, the
    contract's path and the status. Neither the path that was asked for nor who asked is in it: both are in the audit row."""

    def __init__(self, tracer: Tracer, runner: Pipeline) -> None:
        self._tracer = tracer
        self._runner = runner
        self._routes = {one.operation.name: one for one in ROUTES}

    async def run(self, call: Call) -> Any:
        span = self._begin(call)
        if span is None:
            return await self._runner.run(call)
        code = OK
        try:
            return await self._runner.run(call)
        except (asyncio.CancelledError, Abandoned):
            code = CANCELLED
            raise
        except ApiError as error:
            code = error.code
            raise
        finally:
            ended = {"request.code": code} | self._http(call, code)
            span.end(ended, failure=code if code in FAILED else None)

    def _begin(self, call: Call) -> Span | None:
        operation, door = call.operation.name, call.caller.door
        route = self._routes.get(operation) if door is Door.HTTP else None
        name = operation if route is None else f"{route.verb} {route.path}"
        facts: Facts = {"request.operation": operation, "request.door": door.value, "network.protocol.name": door.value}
        return self._tracer.serve(name, facts, trace_id=call.trace_id, parent=call.parent)

    def _http(self, call: Call, code: str) -> dict[str, str | int]:
        return {NAMES[name]: value for name, value in http_facts(self._routes, call, code).items()}

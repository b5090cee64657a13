"""`/_mock`: what a frontend's test does with the mock itself: events on demand, the next refusal, everything as it was at the start."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from codegen.emit.documents import files
from proof.documents import PROBLEM, Json
from proof.mock.refusal import Refusal
from proof.mock.service import Mock

MAX_WAITING = 1000
MAX_BYTES = 1 << 20


def controls(mock: Mock) -> tuple[Starlette, Callable[[str], bool]]:
    """With the contract's documents beside it; and which paths it has."""
    of = _Controls(mock)
    routes = [
        *_documents(mock),
        Route("/_mock", of.show, methods=["GET"]),
        Route("/_mock/reset", of.reset, methods=["POST"]),
        Route("/_mock/tokens/{user}", of.token, methods=["POST"]),
        Route("/_mock/events/{event}", of.tell, methods=["POST"]),
        Route("/_mock/errors/{operation}", of.refuse, methods=["POST"]),
    ]
    return Starlette(routes=routes), lambda path: any(one.path_regex.match(path) for one in routes)


def _documents(mock: Mock) -> list[Route]:
    """As the compiler expands them."""
    routes = []
    for file in files.emit(mock.contract):
        document = Response(file.data, media_type="application/json")
        routes.append(Route(f"/{file.path.rpartition('/')[2]}", document, methods=["GET"]))
    return routes


class _Controls:
    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    async def show(self, request: Request) -> Response:
        """What each operation does to what is stored, and the events that there are."""
        shapes = {name: {"does": one.kind.value, "to": one.resource} for name, one in self._mock.shapes.of.items()}
        return JSONResponse({"operations": shapes, "events": sorted(self._mock.events)})

    async def reset(self, request: Request) -> Response:
        self._mock.reset()
        return Response(status_code=204)

    async def token(self, request: Request) -> Response:
        """What a login answers, for a contract that has none."""
        user = self._mock.callers.named(request.path_params["user"])
        if user is None:
            return self._problem(Refusal("unknown_operation", "There is no such user."))
        return JSONResponse(self._mock.callers.tokens(user))

    async def tell(self, request: Request) -> Response:
        """The body may have members of the event; the answer says what was told, and how many sockets heard it."""
        event = self._mock.events.get(request.path_params["event"])
        if event is None:
            return self._problem(
                Refusal("unknown_operation", f"There are {', '.join(self._mock.events) or 'no events'}.")
            )
        given = await _given(request)
        if given is None:
            return self._problem(Refusal("malformed", "The body is no JSON object."))
        data = self._mock.event(event, given)
        if lost := sorted(name for name in given if data.get(name) != given[name]):
            faults = tuple((f"/{name}", "Does not fit the event.") for name in lost)
            return self._problem(Refusal("invalid_data", faults=faults))
        told, heard = self._mock.tell(event, data)
        places = [{"topic": one.topic, "offset": one.offset} for one in told]
        return JSONResponse({**places[0], "topics": places, "data": data, "heard": heard})

    async def refuse(self, request: Request) -> Response:
        """`{"error": code, "times": 1}`: the next calls of the operation, at whichever door."""
        operation = self._mock.operations.get(request.path_params["operation"])
        given = await _given(request) or {}
        times = given.get("times", 1)
        if operation is None:
            return self._problem(Refusal("unknown_operation"))
        if given.get("error") not in operation.errors:
            return self._problem(Refusal("invalid_data", f"The errors are {', '.join(operation.errors)}."))
        if not isinstance(times, int) or not 1 <= times <= MAX_WAITING:
            return self._problem(Refusal("invalid_data", f"times is 1 to {MAX_WAITING}."))
        self._mock.refusals[operation.name] = deque([given["error"]] * times)
        return Response(status_code=204)

    def _problem(self, refusal: Refusal) -> Response:
        problem = self._mock.catalogue.problem(refusal, "mock")
        return JSONResponse(problem, problem["status"], media_type=PROBLEM)


async def _given(request: Request) -> Json | None:
    """Nothing is no members; None for what is no object."""
    body = await request.body()
    if len(body) > MAX_BYTES:
        return None
    try:
        found: Any = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None

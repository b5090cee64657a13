"""The mock as one ASGI application: both doors, the documents, and what a test controls it by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.middleware.cors import CORSMiddleware

from codegen.ir.operations import Contract
from proof.callers import Roles
from proof.mock.callers import Callers
from proof.mock.control import controls
from proof.mock.faults import Faults
from proof.mock.http import HttpDoor
from proof.mock.origins import pattern
from proof.mock.service import ROWS, Mock
from proof.mock.ws import SocketDoor

Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Options:
    """As the command line has them. Without `users` anybody may log in."""

    users: Mapping[str, Roles] = field(default_factory=dict)
    takes_any_token: bool = False
    origins: tuple[str, ...] = ()
    faults: Faults = field(default_factory=Faults)
    seed: int = 0
    rows: int = ROWS


def application(contract: Contract, options: Options) -> Application:
    """Of one contract; what it remembers ends with it."""
    every = frozenset(one.name for one in contract.roles)
    callers = Callers(every, options.users, takes_any=options.takes_any_token, seed=options.seed)
    mock = Mock(contract, callers, seed=options.seed, rows=options.rows)
    allowed = pattern(list(options.origins))
    door = HttpDoor(mock, options.faults, *controls(mock))
    http = CORSMiddleware(
        door, allow_origin_regex=allowed, allow_methods=["*"], allow_headers=["*"], expose_headers=["*"], max_age=600
    )
    socket = SocketDoor(mock, options.faults, allowed)

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        await (socket if scope["type"] == "websocket" else http)(scope, receive, send)

    return serve


class Reloading:
    """Whichever application is the newest. A socket stays with the one that opened it."""

    def __init__(self, first: Application) -> None:
        self.current = first

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.current(scope, receive, send)

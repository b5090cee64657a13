"""Which door a request goes to, and what the server in front of the doors may ask the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from app.admission.gate import Gate
from app.admission.tally import Tally
from app.guard.hosts import TrustedHosts
from app.guard.places import Places
from app.settings import Settings
from app.supervision.inspector import Inspector
from app.supervision.readiness import Readiness
from generated.http_routes import ROUTES
from generated.operations import Priority

Asgi = Callable[[Any, Any, Any], Any]
SOCKETS = "/web"


class Worker(Protocol):
    """As `app.wiring.Service`."""

    @property
    def gate(self) -> Gate: ...
    @property
    def tally(self) -> Tally: ...
    @property
    def places(self) -> Places: ...
    @property
    def readiness(self) -> Readiness: ...


class Doors:
    """The ASGI application of a worker. Only requests with an Origin pay for CORS. `/web` is the one path of sockets, and
    every other socket is HTTP's to refuse. The guard asks `hosts` and `gate` before there is a request, knows its caller as the doors
    do by `trusted_proxies`, and counts in `tally` what it refuses itself; the server asks `readiness`, `departure` at its end, and `inspector` for the admin port."""

    def __init__(
        self, http: Asgi, browser: Asgi, socket: Asgi, worker: Worker, inspector: Inspector, settings: Settings
    ) -> None:
        self._http = http
        self._browser = browser
        self._socket = socket
        self.gate, self.tally, self.places = worker.gate, worker.tally, worker.places
        self.readiness, self.inspector, self.hosts = worker.readiness, inspector, _hosts(settings)
        self.departure, self.trusted_proxies = getattr(socket, "departure", None), settings.trusted_proxies

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket" and scope["path"] == SOCKETS:
            await self._socket(scope, receive, send)
        elif scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"]):
            await self._browser(scope, receive, send)
        else:
            await self._http(scope, receive, send)


def _hosts(settings: Settings) -> TrustedHosts | None:
    """None trusts every name. Probes that say nothing but yes or no may be asked by any."""
    if "*" in settings.trusted_hosts:
        return None
    silent = {route.path.encode() for route in ROUTES if not route.has_content}
    return TrustedHosts(settings.trusted_hosts, silent & paths_of(Priority.HEALTH).keys())


def paths_of(most: Priority) -> dict[bytes, Priority]:
    """Of the operations that are at least so urgent."""
    priorities = {route.path.encode(): route.operation.priority for route in ROUTES}
    return {path: priority for path, priority in priorities.items() if priority <= most}

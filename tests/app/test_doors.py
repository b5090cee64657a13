"""Which door a request goes to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app.doors import Doors, paths_of
from app.settings import Environment, Settings
from generated.errors import Malformed
from generated.http_routes import ROUTES
from generated.operations import Priority

ORIGIN = (b"origin", b"https://a.example")
EVIL = (b"host", b"evil.example")


def doors(entered: list[str], **settings: Any) -> Doors:
    def door(name: str) -> Any:
        async def enter(scope: Any, receive: Any, send: Any) -> None:
            entered.append(name)

        return enter

    worker: Any = SimpleNamespace(gate=None, tally=None, places=None, readiness=None)
    inspector: Any = None
    chosen = Settings(
        environment=Environment.DEVELOPMENT, database_url="postgresql://localhost/none", redis_url="redis://localhost",
        keycloak_url="http://localhost", signing_secret="of a test, with enough characters", **settings,
    )  # fmt: skip
    return Doors(door("http"), door("browser"), door("socket"), worker, inspector, chosen)


@pytest.mark.parametrize(
    ("kind", "path", "fields", "door"),
    [
        ("http", "/health", [], "http"),
        ("http", "/web", [], "http"),
        ("http", "/health", [ORIGIN], "browser"),
        ("websocket", "/web", [], "socket"),
        ("websocket", "/web", [ORIGIN], "socket"),
        ("websocket", "/elsewhere", [], "http"),
        ("lifespan", "", [], "http"),
    ],
)
async def test_sockets_go_to_web_and_pages_of_an_origin_through_cors(
    kind: str, path: str, fields: list[tuple[bytes, bytes]], door: str
) -> None:
    entered: list[str] = []
    scope = {"type": kind} if kind == "lifespan" else {"type": kind, "path": path, "headers": fields}
    await doors(entered)(scope, None, None)
    assert entered == [door]


def test_probes_without_content_are_asked_by_any_name() -> None:
    """Z08: the rest of the paths is for the trusted names; `*` trusts all."""
    assert doors([], trusted_hosts="*").hosts is None
    hosts = doors([], trusted_hosts="a.example").hosts
    assert hosts is not None
    silent = {one.path for one in ROUTES if not one.has_content} & {path.decode() for path in paths_of(Priority.HEALTH)}
    assert silent == {"/livez", "/readyz"}
    for path in sorted(silent):
        hosts.check([EVIL], path.encode())
    with pytest.raises(Malformed):
        hosts.check([EVIL], b"/health")

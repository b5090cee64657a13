"""The development issuer's doors: Keycloak's paths of OpenID Connect, and of its admin API those few that tests use.

Promises: the admin's doors are there only where a token for them was given; a client hears of its sessions' ends within 2 s, or never.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.development.issuer_sessions import Refused
from app.development.issuer_tokens import Issuer, Notice
from app.development.realm import Client, User

MAX_FORM_BYTES = 64 * 1024
NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
NOTICE_S = 2.0
log = structlog.stdlib.get_logger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(issuer: Issuer, admin_token: str | None = None) -> Starlette:
    """`admin_token` opens the admin's doors; without one there are none."""
    routes = OpenIdDoors(issuer).routes()
    if admin_token is not None:
        routes += AdminDoors(issuer, admin_token).routes()
    return Starlette(routes=routes, exception_handlers={Refused: _answer_refused})


class OpenIdDoors:
    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer

    def routes(self) -> list[Route]:
        realm = f"/realms/{self._issuer.realm.name}"
        protocol = f"{realm}/protocol/openid-connect"
        return [
            Route(f"{protocol}/token", self._token, methods=["POST"]),
            Route(f"{protocol}/logout", self._logout, methods=["POST"]),
            Route(f"{protocol}/userinfo", self._userinfo, methods=["GET", "POST"]),
            Route(f"{protocol}/certs", self._certs),
            Route(f"{realm}/.well-known/openid-configuration", self._configuration),
        ]

    async def _token(self, request: Request) -> Response:
        return JSONResponse(self._issuer.grant(await _read_form(request)), headers=NO_STORE)

    async def _logout(self, request: Request) -> Response:
        await tell(self._issuer.logout(await _read_form(request)))
        return Response(status_code=204)

    async def _userinfo(self, request: Request) -> Response:
        claims = self._issuer.userinfo(request.headers.get("authorization", ""))
        return JSONResponse(claims, headers=NO_STORE)

    async def _certs(self, request: Request) -> Response:
        return JSONResponse(self._issuer.certs(), headers={"cache-control": "no-cache"})

    async def _configuration(self, request: Request) -> Response:
        return JSONResponse(self._issuer.configuration())


class AdminDoors:
    """Of Keycloak's admin REST API: users and their roles, clients, sessions, and keys as components."""

    def __init__(self, issuer: Issuer, token: str) -> None:
        self._issuer = issuer
        self._authorization = f"Bearer {token}".encode()

    def routes(self) -> list[Route]:
        realm = f"/admin/realms/{self._issuer.realm.name}"
        return [
            self._route(f"{realm}/users/{{id}}", self._change_user, "PUT"),
            self._route(f"{realm}/users/{{id}}/logout", self._end_sessions, "POST"),
            *(
                self._route(f"{realm}/users/{{id}}/role-mappings/clients/{{client}}", endpoint, method)
                for method, endpoint in (
                    ("GET", self._held_roles),
                    ("POST", self._grant_roles),
                    ("DELETE", self._withdraw_roles),
                )
            ),
            self._route(f"{realm}/sessions/{{id}}", self._end_session, "DELETE"),
            self._route(f"{realm}/clients", self._clients, "GET"),
            self._route(f"{realm}/clients/{{id}}", self._change_client, "PUT"),
            self._route(f"{realm}/clients/{{id}}/roles", self._roles, "GET"),
            self._route(f"{realm}/keys", self._keys, "GET"),
            self._route(f"{realm}/components", self._rotate, "POST"),
            self._route(f"{realm}/components/{{id}}", self._withdraw, "DELETE"),
        ]

    def _route(self, path: str, endpoint: Endpoint, method: str) -> Route:
        async def admitted(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, self._authorization):
                raise Refused("unauthorized", "HTTP 401 Unauthorized", 401)
            return await endpoint(request)

        return Route(path, admitted, methods=[method])

    async def _change_user(self, request: Request) -> Response:
        changes = await request.json()
        self._issuer.realm.change_user(self._user(request), is_enabled=changes["enabled"])
        return Response(status_code=204)

    async def _held_roles(self, request: Request) -> Response:
        return JSONResponse([{"name": role} for role in self._held(request)])

    async def _grant_roles(self, request: Request) -> Response:
        return await self._hold(request, {*self._held(request), *await _named(request)})

    async def _withdraw_roles(self, request: Request) -> Response:
        """From the user's next token on."""
        return await self._hold(request, {*self._held(request)} - await _named(request))

    def _held(self, request: Request) -> tuple[str, ...]:
        return self._user(request).roles.get(self._client(request, "client").client_id, ())

    async def _hold(self, request: Request, roles: set[str]) -> Response:
        user, client = self._user(request), self._client(request, "client")
        self._issuer.realm.change_user(user, roles={**user.roles, client.client_id: tuple(sorted(roles))})
        return Response(status_code=204)

    async def _end_sessions(self, request: Request) -> Response:
        await tell(self._issuer.end_sessions_of(self._user(request)))
        return Response(status_code=204)

    async def _end_session(self, request: Request) -> Response:
        await tell(self._issuer.end_session(request.path_params["id"]))
        return Response(status_code=204)

    async def _change_client(self, request: Request) -> Response:
        """A client that becomes confidential gets a secret that nobody knows, as at Keycloak."""
        changes = await request.json()
        secret = None if changes["publicClient"] else "nobody knows"
        self._issuer.realm.change_client(self._client(request), secret=secret)
        return Response(status_code=204)

    async def _clients(self, request: Request) -> Response:
        found = self._issuer.realm.clients.get(request.query_params.get("clientId", ""))
        return JSONResponse([] if found is None else [{"id": found.id, "clientId": found.client_id}])

    async def _roles(self, request: Request) -> Response:
        roles = self._issuer.realm.roles.get(self._client(request).client_id, ())
        return JSONResponse([{"name": role} for role in roles])

    async def _keys(self, request: Request) -> Response:
        keys = self._issuer.keys
        active = {"RS256": keys.signing.kid}
        told = [{"kid": key.kid, "providerId": key.kid, "algorithm": "RS256"} for key in keys.published()]
        return JSONResponse({"active": active, "keys": told})

    async def _rotate(self, request: Request) -> Response:
        """Whatever is sent, it is a key of RSA that signs from now on."""
        self._issuer.keys.rotate()
        return Response(status_code=201)

    async def _withdraw(self, request: Request) -> Response:
        return Response(status_code=204 if self._issuer.keys.withdraw(request.path_params["id"]) else 404)

    def _user(self, request: Request) -> User:
        user = self._issuer.realm.user_of(request.path_params["id"])
        if user is None:
            raise Refused("User not found", "", 404)
        return user

    def _client(self, request: Request, parameter: str = "id") -> Client:
        wanted = request.path_params[parameter]
        for client in self._issuer.realm.clients.values():
            if client.id == wanted:
                return client
        raise Refused("Could not find client", "", 404)


async def _named(request: Request) -> set[str]:
    return {role["name"] for role in await request.json()}


async def tell(notices: list[Notice]) -> None:
    """Each client once; one that does not listen costs a line in the log."""
    async with httpx2.AsyncClient(timeout=NOTICE_S, trust_env=False) as client:
        await asyncio.gather(*(_tell_one(client, notice) for notice in notices))


async def _tell_one(client: httpx2.AsyncClient, notice: Notice) -> None:
    try:
        answer = await client.post(notice.url, data={"logout_token": notice.logout_token})
    except httpx2.HTTPError as error:
        log.warning("logout.not_told", url=notice.url, reason=type(error).__name__)
        return
    if not answer.is_success:
        log.warning("logout.not_told", url=notice.url, status=answer.status_code)


async def _answer_refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return JSONResponse(refused.body, refused.status, headers=NO_STORE)


async def _read_form(request: Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise Refused("invalid_request", "The form is too large", 413)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))

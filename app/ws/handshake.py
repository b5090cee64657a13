"""Decides about a socket before the upgrade: the address's budget, the origin, the format, the credential, in this order.

Promises: every refusal is an ApiError with its HTTP status, and none has touched the socket. A handshake without a credential
is refused, unless it says `?auth=frame`: then the first frame must authenticate within 5 s. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.credentials import Credential, CredentialKind, extract_handshake
from app.auth.principal import Principal
from app.execution.address import client_ip, limit_key
from app.limits.limiter import Limiter, spend
from app.ws.dialect import Format
from generated.errors import Forbidden, Malformed, Unauthenticated

BEARER_PREFIX = "bearer."
MAX_OFFERS = 16
"""Of `Sec-WebSocket-Protocol`."""
MAX_USER_AGENT_CHARS = 512

Scope = dict[str, Any]


class Verifier(Protocol):
    """As `app.auth.verifier`: `cached` costs no await, and is asked first."""

    def cached(self, token: str) -> Principal | None: ...
    async def verify(self, token: str) -> Principal: ...


class Redeemer(Protocol):
    """As `app.auth.tickets`: None for a ticket that opens nothing."""

    async def redeem(self, ticket: str, origin: str | None) -> Principal | None:
        """Once for each ticket; raises Unavailable without the store."""


class HandshakeSettings(Protocol):
    """The part of the settings that a handshake asks."""

    @property
    def origins(self) -> tuple[str, ...]: ...
    @property
    def trusted_proxies(self) -> int: ...
    @property
    def accepts_query_token(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Admission:
    """`principal` is None where the first frame is to authenticate."""

    format: Format
    subprotocol: str | None
    """What the server answers; None where none of the formats was offered."""
    principal: Principal | None
    ip: str
    """Whole, for the audit row; limits count it by its network."""
    user_agent: str

    @property
    def is_bundled(self) -> bool:
        """A message of ours may hold several frames."""
        return self.subprotocol == self.format.bundled


class Handshake:
    def __init__(self, *, verifier: Verifier, tickets: Redeemer, limiter: Limiter, settings: HandshakeSettings) -> None:
        self._verifier = verifier
        self._tickets = tickets
        self._limiter = limiter
        self._origins = frozenset(settings.origins)
        self._trusted_proxies = settings.trusted_proxies
        self._accepts_query_token = settings.accepts_query_token

    async def admit(self, scope: Scope) -> Admission:
        """Raises RateLimited, Forbidden, Malformed, Unauthenticated or Unavailable. Changes nothing in the scope; a
        ticket is redeemed last, when all else is in order."""
        ip = client_ip(scope, self._trusted_proxies)
        await spend(self._limiter, "handshakes", limit_key(ip))
        origin = self._check_origin(header_values(scope, b"origin"))
        query = parse_qs(scope["query_string"].decode("latin-1"))
        subprotocol = choose_subprotocol(scope["subprotocols"])
        chosen = choose_format(subprotocol, query.get("format", []))
        try:
            principal = await self._authenticate(scope, origin, query)
        except Unauthenticated:
            await spend(self._limiter, "unauthenticated", limit_key(ip))
            raise
        return Admission(chosen, subprotocol, principal, ip, user_agent_of(scope))

    def _check_origin(self, origins: list[str]) -> str | None:
        """Only browsers send it, and only they need it: without the header there is no page to protect."""
        if "*" not in self._origins and not self._origins.issuperset(origins):
            raise Forbidden("This origin may not open a socket.")
        if len(origins) > 1:
            raise Malformed("There is more than one Origin.")
        return origins[0] if origins else None

    async def _authenticate(self, scope: Scope, origin: str | None, query: Mapping[str, list[str]]) -> Principal | None:
        found = extract_handshake(
            scope["headers"], scope["query_string"], accepts_query_token=self._accepts_query_token
        )
        if found is None:
            if query.get("auth") == ["frame"]:
                return None
            raise CredentialRefused(Reason.MISSING)
        return await self._prove(found, origin)

    async def _prove(self, credential: Credential, origin: str | None) -> Principal:
        if credential.kind is CredentialKind.TICKET:
            redeemed = await self._tickets.redeem(credential.value, origin)
            if redeemed is None:
                raise CredentialRefused(Reason.TICKET)
            return redeemed
        known = self._verifier.cached(credential.value)
        return known if known is not None else await self._verifier.verify(credential.value)


def choose_subprotocol(offers: list[str]) -> str | None:
    """The first of ours that is offered, in our order; a `bearer.` entry is no format and is never the answer."""
    if len(offers) > MAX_OFFERS:
        raise Malformed(f"At most {MAX_OFFERS} subprotocols can be offered.")
    formats = [offer for offer in offers if not offer.startswith(BEARER_PREFIX)]
    for known in Format:
        for name in (known.bundled, known.subprotocol):
            if name in formats:
                return name
    if formats:
        raise Malformed("None of the offered subprotocols is known.")
    return None


def choose_format(subprotocol: str | None, asked: list[str]) -> Format:
    """The subprotocol decides, then `?format=`, then JSON."""
    for known in Format:
        if subprotocol in (known.bundled, known.subprotocol):
            return known
    try:
        return Format(asked[0]) if asked else Format.JSON
    except ValueError:
        raise Malformed("The format is json or protobuf.") from None


def user_agent_of(scope: Scope) -> str:
    """At most 512 characters; empty where there is none."""
    agents = header_values(scope, b"user-agent")
    return agents[0][:MAX_USER_AGENT_CHARS] if agents else ""


def header_values(scope: Scope, name: bytes) -> list[str]:
    """Every one, in order: what may stand once only is for the caller to judge."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value.decode("latin-1") for key, value in headers if key == name]

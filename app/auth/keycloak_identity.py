"""The identity port over Keycloak: login, refresh, logout through python-keycloak, and the fetch of its keys.

Promises: every answer is in time or Unavailable; no token, password or wording of Keycloak's gets further; nothing that a caller
sends opens the breaker. Verifies no token: that is local, in `verifier`.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote_plus

import httpx2
import msgspec
import structlog
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakError

from app.auth.breaker import Breaker
from app.auth.credential_refused import IssuerReason, IssuerRefused
from app.auth.jwks import MAX_BYTES
from app.telemetry.metrics.issuer import IssuerMetrics
from app.telemetry.metrics.registry import Registry
from generated.errors import CredentialsInvalid, Unavailable
from generated.results import Tokens

CALLERS_FAULTS = frozenset({(400, "invalid_grant"), (401, "invalid_grant"), (400, "invalid_request")})
"""A wrong password, a dead refresh token, a disabled user, a value that the issuer cannot read."""
HINTS = {
    "unauthorized_client": "the realm's client is confidential and KEYCLOAK_CLIENT_SECRET is not its secret, or it may not log users in",
    "invalid_client": "the realm has no client KEYCLOAK_CLIENT_ID, or KEYCLOAK_CLIENT_SECRET is not its secret",
}
OTHER_HINT = "look at KEYCLOAK_URL, KEYCLOAK_REALM and the realm's client"
TOO_LARGE = frozenset({413, 414, 431})
REASONS = {
    "Invalid user credentials": IssuerReason.PASSWORD,
    "Account disabled": IssuerReason.DISABLED,
    "User disabled": IssuerReason.DISABLED,
    "Account is not fully set up": IssuerReason.NOT_SET_UP,
    "Session not active": IssuerReason.SESSION_OVER,
    "Token is not active": IssuerReason.SESSION_OVER,
    "Maximum allowed refresh token reuse exceeded": IssuerReason.REUSED,
    "Invalid refresh token": IssuerReason.UNREADABLE,
}
"""By Keycloak's words for people; another wording is `other`."""
TOO_MANY = 429
PASSWORD_GRAMMAR = re.compile("[\t\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
TOKEN_GRAMMAR = re.compile("[\x20-\x7e]+")
"""RFC 6749, A.15 to A.17: what no request may carry is asked of nobody."""
MAX_ENCODED_BYTES = 16 * 1024
"""Of one value in the form, where a character may take twelve; issuers refuse more. The contract's longest name, password and
token (of the characters that tokens have) are within it."""
TIMEOUT_S = 4.0
"""For one call of the issuer."""
MAX_INT32 = 2**31 - 1
RETRY_AFTER_S = 2
log = structlog.stdlib.get_logger(__name__)


class _Fault(msgspec.Struct):
    error: str
    error_description: str = ""


class KeycloakIdentity:
    """Implements `Identity`; `aclose` ends its connections. Each call is answered within `timeout_s`, is made once, and
    raises Unavailable at once while the breaker is open. `metrics` hears of each."""

    def __init__(
        self,
        *,
        url: str,
        realm: str,
        client_id: str,
        client_secret: str | None,
        breaker: Breaker,
        timeout_s: float = TIMEOUT_S,
        metrics: IssuerMetrics | None = None,
    ) -> None:
        self._metrics = metrics or IssuerMetrics(Registry())
        self._client = KeycloakOpenID(
            server_url=url.rstrip("/") + "/",
            realm_name=realm,
            client_id=client_id,
            client_secret_key=client_secret,
            timeout=math.ceil(timeout_s),
            max_retries=0,
        )
        self._breaker = breaker
        self._misconfiguration = ""
        self._timeout_s = timeout_s

    async def login(self, username: str, password: str) -> Tokens:
        """By the password grant (RFC 6749 §4.3), which the realm's client must allow."""
        _check(PASSWORD_GRAMMAR, username, password)
        return _tokens(await self._ask("login", self._client.a_token, username, password))

    async def refresh(self, refresh_token: str) -> Tokens:
        """By the refresh grant (RFC 6749 §6)."""
        _check(TOKEN_GRAMMAR, refresh_token)
        return _tokens(await self._ask("refresh", self._client.a_refresh_token, refresh_token))

    async def logout(self, refresh_token: str) -> None:
        """Ends the session; ending it twice is no error, a token that never was one is."""
        _check(TOKEN_GRAMMAR, refresh_token)
        await self._ask("logout", self._client.a_logout, refresh_token)

    def remark(self) -> str:
        """What an operator has to mend, empty where the issuer accepted lately: logins fail by our configuration."""
        return self._misconfiguration

    async def aclose(self) -> None:
        """Once, at the end, when no call runs any more."""
        await self._client.connection.aclose()

    async def _ask(self, purpose: str, method: Callable[..., Awaitable[Any]], *arguments: str) -> Any:
        """The breaker hears of outages only: what the issuer refuses is judged after it."""
        began, outcome = None, "failed"
        try:
            async with self._breaker.calling():
                began = time.perf_counter()
                answer = await self._answer(method, arguments)
            if isinstance(answer, KeycloakError):
                raise self._refusal(answer)
            outcome = "ok"
        except CredentialsInvalid:
            outcome = "refused"
            raise
        finally:
            if began is None:
                self._metrics.unasked(purpose)
            else:
                self._metrics.answered(purpose, outcome, time.perf_counter() - began)
        self._misconfiguration = ""
        return answer

    async def _answer(self, method: Callable[..., Awaitable[Any]], arguments: tuple[str, ...]) -> Any:
        """The answer or the refusal; raises Unavailable for an outage: no answer in time, a 5xx, a 429."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await method(*arguments)
        except Exception as error:
            if isinstance(error, KeycloakError) and _is_refusal(error.response_code):
                return error
            log.warning("keycloak.failed", reason=type(error).__name__, status=getattr(error, "response_code", None))
            raise Unavailable(retry_after_s=RETRY_AFTER_S) from None

    def _refusal(self, error: KeycloakError) -> CredentialsInvalid | Unavailable:
        """The caller's fault, or our configuration's: the latter is logged once, until it changes or the issuer accepts."""
        fault = _fault(error.response_body)
        code, hint = fault.error, HINTS.get(fault.error, OTHER_HINT)
        if (error.response_code, code) in CALLERS_FAULTS or error.response_code in TOO_LARGE:
            return IssuerRefused(REASONS.get(fault.error_description, IssuerReason.OTHER))
        found = f"{error.response_code} {code[:64]}: {hint}"
        if found != self._misconfiguration:
            log.error("keycloak.misconfigured", status=error.response_code, error=code[:64], hint=hint)
        self._misconfiguration = found
        return Unavailable(retry_after_s=RETRY_AFTER_S)


class KeycloakKeys:
    """What the realm at `realm_url` publishes: its JWKS as bytes, for `KeySet`, and its configuration. No redirects, no
    compression, at most 256 KiB."""

    def __init__(self, realm_url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._realm_url = realm_url
        self._client = httpx2.AsyncClient(
            follow_redirects=False,
            timeout=timeout_s,
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )

    async def fetch(self) -> bytes:
        """The keys. Raises on any status but 200 and on an answer that is too large or compressed."""
        return await self._get(f"{self._realm_url}/protocol/openid-connect/certs")

    async def fetch_configuration(self) -> bytes:
        """What OpenID Connect Discovery 1.0 §4 names; raises as `fetch`. A proxy whose realm comes up answers 404, too."""
        return await self._get(f"{self._realm_url}/.well-known/openid-configuration")

    async def _get(self, url: str) -> bytes:
        async with self._client.stream("GET", url) as response:
            if response.status_code != httpx2.codes.OK or "content-encoding" in response.headers:
                raise httpx2.HTTPError(f"answered with status {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise httpx2.HTTPError("the answer is too large")
            return bytes(body)

    async def aclose(self) -> None:
        await self._client.aclose()


def _check(grammar: re.Pattern[str], *values: str) -> None:
    """Raises CredentialsInvalid for what the issuer cannot take, so that it is not even asked."""
    for value in values:
        if grammar.fullmatch(value) is None or len(quote_plus(value)) > MAX_ENCODED_BYTES:
            raise IssuerRefused(IssuerReason.UNREADABLE)


def _is_refusal(status: int | None) -> bool:
    """Whether the issuer is there and says no."""
    return status is not None and 300 <= status < 500 and status != TOO_MANY


def _fault(body: bytes | None) -> _Fault:
    try:
        return msgspec.json.decode(body or b"", type=_Fault)
    except (msgspec.DecodeError, RecursionError):
        return _Fault("")


def _tokens(answer: Any) -> Tokens:
    """A life longer than the contract can say is said as the longest that it can."""
    try:
        tokens = msgspec.convert(answer, Tokens)
    except msgspec.ValidationError:
        log.error("keycloak.failed", reason="answer without tokens")
        raise Unavailable(retry_after_s=RETRY_AFTER_S) from None
    tokens.expires_in = min(tokens.expires_in, MAX_INT32)
    tokens.refresh_expires_in = min(tokens.refresh_expires_in, MAX_INT32)
    return tokens

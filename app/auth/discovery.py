"""Which issuer tokens must name: what is configured, else what the realm says of itself (OpenID Connect Discovery 1.0 §3).

A realm behind a proxy names its public address, where services ask it at another. What it says is trusted as its keys are: both are
asked at `KEYCLOAK_URL`. Promises: one line in the log where the two differ, again only when that changes; asking holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from app.auth.jwks import FETCH_TIMEOUT_S

RETRY_S = 1.0
"""Until there was an answer."""
REFRESH_S = 300.0
MAX_ISSUER_CHARS = 1024
log = structlog.stdlib.get_logger(__name__)


class _Configuration(msgspec.Struct):
    issuer: str


class IssuerDiscovery:
    """`fetch` answers the realm's configuration as bytes; `realm_url` is where it was asked, and the issuer until the realm has
    said another; `configured` is the issuer whatever it says. `on_change` is called on the loop. One per worker; `run` is supervised."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[bytes]],
        *,
        realm_url: str,
        configured: str | None,
        on_change: Callable[[str], None],
        refresh_s: float = REFRESH_S,
    ) -> None:
        self.issuer = configured or realm_url
        self.is_settled = configured is not None
        """Whether the realm was heard, or need not be."""
        self._fetch = fetch
        self._realm_url = realm_url
        self._configured = configured
        self._on_change = on_change
        self._refresh_s = refresh_s
        self._announced = self.issuer

    async def run(self) -> None:
        """Does not return."""
        while True:
            has_answered = await self._ask()
            await asyncio.sleep(self._refresh_s if has_answered else min(RETRY_S, self._refresh_s))

    async def _ask(self) -> bool:
        """A realm that says no issuer leaves the one that there is."""
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                told = await self._fetch()
            announced = msgspec.json.decode(told, type=_Configuration).issuer
        except (msgspec.DecodeError, RecursionError):
            log.warning("issuer.not_announced", realm=self._realm_url)
            announced = ""
        except Exception as error:
            log.info("issuer.not_heard", realm=self._realm_url, reason=type(error).__name__)
            return False
        if announced and len(announced) <= MAX_ISSUER_CHARS:
            self._hear(announced)
        self.is_settled = True
        return True

    def _hear(self, announced: str) -> None:
        if announced == self._announced:
            return
        self._announced = announced
        if self._configured is None:
            log.info("issuer.discovered", issuer=announced, realm=self._realm_url)
            self.issuer = announced
            self._on_change(announced)
        elif announced != self._configured:
            log.error("issuer.mismatch", said=_MISMATCH, configured=self._configured, announced=announced)


_MISMATCH = "every token will be refused: set KEYCLOAK_ISSUER to what the realm announces, or leave it out"

"""The identity port with what a guesser meets: a budget for each name, and refusals that all take as long as one another.

Promises: a name has so many logins a minute, from however many addresses (`login-name` of the contract); a login is refused no sooner
than 0.3 s after it was asked, whether the name exists, is disabled or the password is wrong. Refreshes and logouts pass.
"""

from __future__ import annotations

import asyncio
import time
from hashlib import sha256

from app.auth.identity import Identity
from app.limits.limiter import Limiter
from generated.errors import CredentialsInvalid, RateLimited
from generated.operations import BUCKETS
from generated.results import Tokens

BUCKET = "login-name"
REFUSED_AFTER_S = 0.3
"""Longer than an idle Keycloak needs to look at a password; one that is slower than this shows its own differences."""


class GuardedIdentity:
    """Implements `Identity`."""

    def __init__(self, identity: Identity, limiter: Limiter, *, refused_after_s: float = REFUSED_AFTER_S) -> None:
        self._identity = identity
        self._limiter = limiter
        self._refused_after_s = refused_after_s
        self._bucket = BUCKETS[BUCKET]

    async def login(self, username: str, password: str) -> Tokens:
        """Raises RateLimited besides what the port raises."""
        begun = time.monotonic()
        await self._spend(username)
        try:
            return await self._identity.login(username, password)
        except CredentialsInvalid:
            await asyncio.sleep(begun + self._refused_after_s - time.monotonic())
            raise

    async def refresh(self, refresh_token: str) -> Tokens:
        return await self._identity.refresh(refresh_token)

    async def logout(self, refresh_token: str) -> None:
        await self._identity.logout(refresh_token)

    async def _spend(self, username: str) -> None:
        """Names differ as the issuer tells them apart, which is not by case; what is no name in the store is its hash."""
        permit = await self._limiter.take(
            self._bucket, sha256(username.strip().casefold().encode("utf-8", "replace")).hexdigest()
        )
        if not permit.allowed:
            raise RateLimited(retry_after_s=permit.retry_after_s)

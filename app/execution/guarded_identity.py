"""The identity port with what a guesser meets: a budget for each name.

Promises: a name has so many logins a minute, from however many addresses (`login-name` of the contract). Refreshes and logouts pass.
"""

from __future__ import annotations

from hashlib import sha256

from app.auth.identity import Identity
from app.limits.limiter import Limiter, OverLimit
from generated.operations import BUCKETS
from generated.results import Tokens

BUCKET = "login-name"


class GuardedIdentity:
    """Implements `Identity`."""

    def __init__(self, identity: Identity, limiter: Limiter) -> None:
        self._identity = identity
        self._limiter = limiter
        self._bucket = BUCKETS[BUCKET]

    async def login(self, username: str, password: str) -> Tokens:
        """Raises RateLimited besides what the port raises."""
        await self._spend(username)
        return await self._identity.login(username, password)

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
            raise OverLimit(self._bucket, permit)

"""The one token of a client, for both doors: had when it is needed, renewed before it ends, by one request at a time.

Promises: expiry is reckoned on the monotonic clock from the request on; a renewal that fails for good is remembered, and
calls fail at once until there is a new token; no token is shown by `repr`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from .errors import ApiError, AuthenticationLost, ClientError
from .io_sync import SingleFlight, resolve
from .token import Token, due_after_s

PAUSE_S = 1.0
"""Between renewals that fail for now while the old token still holds."""
PERMANENT = frozenset({"UNAUTHENTICATED", "INVALID_DATA", "PERMISSION_DENIED", "NOT_FOUND", "CONFLICT"})


TokenProvider = Callable[[], "Token | str | Token | str"]


class Tokens:
    """`source` answers a new token, from the old one's refresh token if there is one; None if nothing can be renewed."""

    def __init__(self, source: Callable[[Token | None], Token] | None = None) -> None:
        self._source = source
        self._token: Token | None = None
        self._lost: AuthenticationLost | None = None
        self._due = self._ends = float("inf")
        self._flight = SingleFlight()

    def set(self, token: Token | None, asked_at: float | None = None) -> None:
        """From now on this token counts; None is none."""
        at = time.monotonic() if asked_at is None else asked_at
        life = token.expires_in_s if token is not None else None
        self._token, self._lost = token, None
        self._due = float("inf") if life is None else at + due_after_s(life)
        self._ends = float("inf") if life is None else at + life

    def use(self, source: Callable[[Token | None], Token] | None) -> None:
        self._source = source

    @property
    def current(self) -> Token | None:
        return self._token

    @property
    def can_renew(self) -> bool:
        return self._source is not None and self._lost is None

    def get(self) -> str | None:
        """A token that holds, or None for an anonymous client; raises AuthenticationLost, or why none can be had now."""
        if self._lost is not None:
            raise self._lost
        if self._source is not None and (self._token is None or time.monotonic() >= self._due):
            self._renew_if(self._token)
        return self._token.access if self._token is not None else None

    def renew(self, stale: str | None) -> None:
        """After a refusal of `stale`; if another is there meanwhile, that is enough."""
        held = self._token
        if held is not None and held.access != stale:
            return
        self._flight.run(lambda: self._renew(held))
        if self._token is not None and self._token.access == stale:
            raise self._lose("the token's source answers the token that was refused")

    def close(self) -> None:
        self._flight.close()

    def _renew_if(self, held: Token | None) -> None:
        """Before its end a token that cannot be renewed for now is still good."""
        try:
            self._flight.run(lambda: self._renew(held))
        except AuthenticationLost:
            raise
        except ClientError:
            if held is None or time.monotonic() >= self._ends:
                raise
            self._due = time.monotonic() + PAUSE_S

    def _renew(self, held: Token | None) -> None:
        if self._token is not held or self._source is None:
            return
        asked_at = time.monotonic()
        try:
            token = self._source(held)
        except ApiError as error:
            if error.kind not in PERMANENT:
                raise
            raise self._lose(f"no new token: {error}") from error
        self.set(token, asked_at)

    def _lose(self, reason: str) -> AuthenticationLost:
        self._lost = AuthenticationLost(reason)
        self._token = None
        return self._lost


def from_provider(provider: TokenProvider) -> Callable[[Token | None], Token]:
    """A user's function as a source; it answers a Token, or a text whose end is unknown."""

    def source(_: Token | None) -> Token:
        try:
            given = resolve(provider())
        except ClientError:
            raise
        except Exception as error:
            raise ClientError("the token's source failed") from error
        return given if isinstance(given, Token) else Token(str(given))

    return source

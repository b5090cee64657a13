"""The port to whoever knows the users: passwords go in, tokens come out; nothing of them is kept here."""

from __future__ import annotations

from typing import Protocol

from generated.results import Tokens


class Identity(Protocol):
    """Every method raises CredentialsInvalid when the issuer refuses, Unavailable when it cannot be asked."""

    async def login(self, username: str, password: str) -> Tokens:
        """A new session of the user at the issuer."""

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens of the same session; whether the old refresh token is good for another time is the issuer's
        setting."""

    async def logout(self, refresh_token: str) -> None:
        """Ends the session at the issuer; that its access tokens are over too is `session_ends`'s to say."""

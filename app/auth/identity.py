"""The port to whoever knows the users: passwords go in, tokens come out; nothing of them is kept here."""

from __future__ import annotations

from typing import Protocol

from generated.results import Tokens


class Identity(Protocol):
    """Every method raises CredentialsInvalid when the issuer refuses, Unavailable when it cannot be asked."""

    async def login(self, username: str, password: str) -> Tokens: ...

    async def refresh(self, refresh_token: str) -> Tokens: ...

    async def logout(self, refresh_token: str) -> None: ...

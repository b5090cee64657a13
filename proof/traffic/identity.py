"""Who asks, as the file says it: the credential is taken out, and an alias with the token's roles is put in its place.

A token is not verified: the service's answer says whether it was good. One that says of itself that it has ended is not usable. A token
that nobody can read is its own caller.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from proof.callers import claims_of, roles_of
from proof.traffic.lines import Caller, Credential
from proof.traffic.secrets import Secrets

BEARER = "bearer."
"""Of a subprotocol that is a token in base64url (docs/wire.md)."""
IN_QUERY = ("authorization", "access_token", "token")


@dataclass(slots=True)
class Callers:
    """Of one recording. `tell` hears of each caller once, before whatever it asked."""

    secrets: Secrets
    tell: Callable[[Caller], None]
    _names: dict[str, str] = field(default_factory=dict)

    def by_authorization(self, text: str, by: Any = "header") -> Credential:
        """Of the header, or of what has its form elsewhere: `Bearer <token>`."""
        scheme, _, token = text.partition(" ")
        self.secrets.search_for(token.strip() or text)
        found = self.by_token(token.strip(), by)
        return found if scheme.lower() == "bearer" else Credential(by, found.caller, usable=False)

    def by_subprotocol(self, text: str) -> Credential:
        coded = text.removeprefix(BEARER)
        self.secrets.search_for(coded)
        try:
            token = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode()
        except ValueError:
            return Credential("subprotocol", usable=False)
        return self.by_token(token, "subprotocol")

    def by_token(self, token: str, by: Any) -> Credential:
        self.secrets.search_for(token)
        if not token:
            return Credential(by, usable=False)
        claims, roles = claims_of(token), sorted(roles_of(token))
        key = str(claims.get("sub") or hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest())
        if key not in self._names:
            self._names[key] = f"caller-{len(self._names) + 1}"
            self.tell(Caller(self._names[key], roles))
        ends = claims.get("exp")
        is_over = isinstance(ends, int | float) and ends < time.time()
        return Credential(by, self._names[key], usable=not is_over)

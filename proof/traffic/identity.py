"""Who asks, as the file says it: the credential is taken out, and an alias with the token's roles is put in its place.

A token is not verified: the service's answer says whether it was good. One that says of itself that it has ended is not usable. A token
that nobody can read is its own caller.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from proof.callers import claims_of, roles_of
from proof.traffic.lines import Caller, Credential
from proof.traffic.secrets import Secrets

BEARER = "bearer."
"""Of a subprotocol that is a token in base64url (docs/wire.md)."""
MAX_KNOWN = 65_536
"""Callers that are known by their alias; of more, who asked longest ago gets a new one."""
IN_QUERY = ("authorization", "access_token", "token")


@dataclass(slots=True)
class Callers:
    """Of one recording. `tell` hears of each caller once, before whatever it asked."""

    secrets: Secrets
    tell: Callable[[Caller], None]
    most: int = MAX_KNOWN
    _names: OrderedDict[bytes, str] = field(default_factory=OrderedDict)
    _count: int = 0

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
        ends = claims.get("exp")
        is_over = isinstance(ends, int | float) and ends < time.time()
        return Credential(by, self._name(str(claims.get("sub") or token), roles), usable=not is_over)

    def _name(self, who: str, roles: list[str]) -> str:
        """A stranger may send a new token with each request, so of what he sends only a digest is kept."""
        key = hashlib.sha256(who.encode(errors="surrogatepass")).digest()
        found = self._names.pop(key, "")
        if not found:
            self._count += 1
            found = f"caller-{self._count}"
            self.tell(Caller(found, roles))
        self._names[key] = found
        if len(self._names) > self.most:
            self._names.popitem(last=False)
        return found

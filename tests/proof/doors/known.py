"""Callers whose roles are known without a token that says them."""

from __future__ import annotations

from proof.callers import Caller


class Known(Caller):
    """With these roles, whatever its token."""

    def __init__(self, *roles: str) -> None:
        super().__init__("ann", lambda: ("token", 1.0))
        self._known = frozenset(roles)

    @property
    def roles(self) -> frozenset[str]:
        return self._known

"""A token, and when it is to be renewed."""

from __future__ import annotations

from dataclasses import dataclass, field

REFRESH_SHARE = 0.8
REFRESH_AHEAD_S = 30.0
LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Token:
    """`expires_in_s` counts from the moment the token was asked for; None if that is unknown."""

    access: str = field(repr=False)
    expires_in_s: float | None = None
    refresh: str | None = field(default=None, repr=False)


def due_after_s(expires_in_s: float) -> float:
    """When a token is renewed: at 80 % of its life or 30 s before its end, and never before its half."""
    return max(expires_in_s * LEAST_SHARE, min(expires_in_s * REFRESH_SHARE, expires_in_s - REFRESH_AHEAD_S))

"""The address of a caller behind our own proxies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def client_ip(scope: Mapping[str, Any], trusted_proxies: int) -> str:
    """Counted from the right of X-Forwarded-For by the number of our own proxies (ACCEPTANCE D24)."""
    client = scope.get("client")
    peer = str(client[0]) if client else ""
    if trusted_proxies == 0:
        return peer
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    values = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    hops = [hop.strip() for value in values for hop in value.split(",")]
    return hops[-trusted_proxies] if len(hops) >= trusted_proxies else peer

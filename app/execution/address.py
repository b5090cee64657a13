"""The address of a caller behind our own proxies, in one spelling, and the subject that limits count it as.

Promises: the same address is always the same text, however a proxy or the system wrote it; what is no address is never taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

MAX_TEXT_CHARS = 64
"""An address with a port or a zone is shorter."""
MAX_REMEMBERED = 4096
WITH_PORT = re.compile(r"\[([^\]]+)\](?::[0-9]{1,5})?|([^:]+):[0-9]{1,5}")
SITE_BITS = 64
"""One subscriber has at least a /64 of IPv6, and may use every address of it (RFC 6177)."""


def client_ip(scope: Mapping[str, Any], trusted_proxies: int) -> str:
    """Counted from the right of X-Forwarded-For by the number of our own proxies (ACCEPTANCE D24); where that names no
    address, the peer's. Empty for a peer without an address, on a Unix socket."""
    client = scope.get("client")
    peer = _canonical(str(client[0])) if client else ""
    if trusted_proxies == 0:
        return peer
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    values = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    hops = [hop.strip() for value in values for hop in value.split(",")]
    named = hops[-trusted_proxies] if len(hops) >= trusted_proxies else ""
    return (_canonical(named) if len(named) <= MAX_TEXT_CHARS else "") or peer


@lru_cache(MAX_REMEMBERED)
def limit_key(ip: str) -> str:
    """The subject of limits by address: an IPv4 address, or the /64 network of an IPv6 one (ACCEPTANCE D19). What is no
    address is a subject of its own, as all peers without one are together."""
    address = _parse(ip)
    return str(IPv6Network((address, SITE_BITS), strict=False)) if isinstance(address, IPv6Address) else ip


@lru_cache(MAX_REMEMBERED)
def _canonical(text: str) -> str:
    """An empty text for what is no address."""
    with_port = WITH_PORT.fullmatch(text)
    address = _parse((with_port[1] or with_port[2]) if with_port else text)
    return "" if address is None else str(address)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address inside of IPv6 is the IPv4 address; a zone means something on one machine only."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    return address.ipv4_mapped or IPv6Address(int(address))

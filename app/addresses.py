"""Judges the addresses among the settings before anything is opened: PostgreSQL, Redis, the issuer, origins.

Raises ValueError that says what is wrong, and never repeats a password.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+asyncpg"
POSTGRES = {DRIVER, "postgresql", "postgres"}
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")
IMPLIED_PORTS = {"http": ":80", "https": ":443"}
OPEN_ORIGINS = {"*", "null"}


def postgres_url(text: str) -> str:
    """The URL as libpq and asyncpg read it. SQLAlchemy's spelling is taken too: its driver, and `ssl` for `sslmode`."""
    url = _postgres(text)
    query = {"sslmode" if name == "ssl" else name: value for name, value in url.query.items()}
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


def sqlalchemy_url(text: str) -> str:
    """The same for SQLAlchemy over asyncpg. Both have the password in them."""
    url = _postgres(text)
    query = {"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
    return url.set(drivername=DRIVER, query=query).render_as_string(hide_password=False)


def _postgres(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("is not a URL") from None
    if url.drivername not in POSTGRES:
        raise ValueError("is not a PostgreSQL URL")
    if not (url.host or url.query.get("host")):
        raise ValueError("names no host")
    if "channel_binding" in url.query:
        raise ValueError("asks for channel_binding, which asyncpg has not: leave it out, and say sslmode=verify-full")
    return url


def check_redis(text: str) -> str:
    """As it is, if it is one: `redis`, `rediss` or `unix`, with its database as a number."""
    parts = _split(text)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError("is not a Redis URL")
    if parts.scheme == "unix":
        if not parts.path:
            raise ValueError("names no socket")
    elif not parts.hostname:
        raise ValueError("names no host")
    elif re.fullmatch(r"/?|/[0-9]{1,5}", parts.path) is None:
        raise ValueError("does not name its database by a number")
    return text


def check_issuer(text: str) -> str:
    """As it is, if it is one; that it is https is production's rule, not this one."""
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an http URL")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("must have neither a user nor a query")
    return text


def check_origin(text: str, *, is_production: bool) -> None:
    """Exactly what a browser sends, since it is compared as text: lower case, no path, no port that goes without
    saying. Raises ValueError."""
    if text in OPEN_ORIGINS:
        if is_production:
            raise ValueError(f"must not contain {text} in production")
        return
    if ORIGIN.fullmatch(text) is None:
        raise ValueError(f"contains {text[:100]!r}, which no browser sends")
    scheme = text.partition(":")[0]
    if (port := IMPLIED_PORTS.get(scheme)) and text.endswith(port):
        raise ValueError(f"contains {text[:100]!r}, which browsers send without {port}")


def masked(text: str) -> str:
    """Where the URL points to; what may be user, password or query is left out, however badly it is written. At most
    200 characters, for a message."""
    scheme, separator, rest = text.partition("://")
    if not separator or not scheme.replace("+", "").isalnum():
        return f"{len(text)} characters"
    return f"{scheme}://{re.split('[?#]', rest.rpartition('@')[2])[0]}"[:200]


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    return parts

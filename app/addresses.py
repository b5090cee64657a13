"""Judges the addresses among the settings before anything is opened: PostgreSQL, Redis, the issuer, origins.

Raises ValueError that says what is wrong, and never repeats a password.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

POSTGRES = {"postgresql+asyncpg", "postgresql", "postgres"}
CLIENTS_OWN = {
    "connect_timeout", "gssencmode", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "pgbouncer",
    "sslcompression", "sslsni", "tcp_user_timeout",
}  # fmt: skip
"""Words in a URL that are another client's business: ours has its own times, and the server would refuse them as settings."""
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""As libpq has them, from least to most."""
TLS_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl")
REDIS_TLS_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
REDIS_QUERY = {*REDIS_TLS_FILES, "ssl_cert_reqs"}
SENTINEL_LOGIN = ("sentinel_username", "sentinel_password")
SENTINEL, CLUSTER = "sentinel", "cluster"
REDIS_PORTS = {SENTINEL: 26379, CLUSTER: 6379}
"""Of several servers, by what they are; a URL of them has the word behind its scheme, `redis+cluster`."""
MAX_PORT = 65_535
NODE = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([1-9][0-9]{0,4}))?")
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")
HOST = re.compile(r"(\*\.)?[a-z0-9._-]+|\[[0-9a-f:]+\]")
IMPLIED_PORTS = {"http": ":80", "https": ":443"}
OPEN_ORIGINS = {"*", "null"}


def postgres_url(text: str) -> str:
    """The URL as libpq and asyncpg read it. SQLAlchemy's spelling is taken too: its driver, and `ssl` for `sslmode`. Files of
    TLS that it names can be read."""
    url = _postgres(text)
    query = {
        "sslmode" if name == "ssl" else name: value for name, value in url.query.items() if name not in CLIENTS_OWN
    }
    if query.pop("channel_binding", "disable") == "require":
        raise ValueError("asks for channel_binding, which asyncpg has not: leave it out, and say sslmode=verify-full")
    if (mode := query.get("sslmode", "prefer")) not in SSL_MODES:
        raise ValueError(f"asks for sslmode={str(mode)[:40]}; it is one of {', '.join(SSL_MODES)}")
    _check_files({name: str(value) for name, value in query.items()}, TLS_FILES, itself={"system"})
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


def _postgres(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("is not a URL") from None
    if url.drivername not in POSTGRES:
        raise ValueError("is not a PostgreSQL URL")
    if not (url.host or url.query.get("host")):
        raise ValueError("names no host")
    return url


def _check_files(query: Mapping[str, str], files: Iterable[str], itself: Collection[str] = ()) -> None:
    for name in files:
        path = query.get(name)
        if path is not None and path not in itself and not os.access(path, os.R_OK):
            raise ValueError(f"names {path[:200]} as {name}, which cannot be read")


@dataclass(frozen=True, slots=True)
class RedisNodes:
    """A checked URL that names several servers, read: sentinels, or nodes of a cluster."""

    kind: str
    """`sentinel` or `cluster`."""
    nodes: tuple[tuple[str, int], ...]
    """Host and port of each that is asked; never empty."""
    service: str
    """What the sentinels watch; empty for a cluster."""
    database: str
    sentinel_login: Mapping[str, str]
    """`username` and `password` of the sentinels themselves, where they ask for one."""
    scheme: str
    """Of one server: `redis` or `rediss`."""
    login: str
    tls: Mapping[str, str]

    def url(self, host: str, port: int) -> str:
        """Of one server that they name, as a URL of a single Redis: its user, its TLS and its database are those of all."""
        place = f"[{host}]" if ":" in host else host
        query = f"?{urlencode(self.tls)}" if self.tls else ""
        return f"{self.scheme}://{self.login}{place}:{port}/{self.database}{query}"


def redis_nodes(text: str) -> RedisNodes | None:
    """None for a URL of a single server. Raises ValueError for hosts that are none."""
    parts = _parsed(text)
    scheme, _, kind = parts.scheme.partition("+")
    if kind not in REDIS_PORTS or scheme not in ("redis", "rediss"):
        return None
    login, at, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/") if kind == SENTINEL else ("", "", parts.path.strip("/"))
    query = dict(parse_qsl(parts.query))
    of_sentinels = {name.removeprefix("sentinel_"): query.pop(name) for name in SENTINEL_LOGIN if name in query}
    return RedisNodes(
        kind=kind,
        nodes=tuple(_node(one, REDIS_PORTS[kind]) for one in hosts.split(",")),
        service=unquote(service),
        database=database or "0",
        sentinel_login=of_sentinels,
        scheme=scheme,
        login=login + at,
        tls=query,
    )


def _node(text: str, port: int) -> tuple[str, int]:
    if not text:
        raise ValueError("names no host, or an empty one")
    found = NODE.fullmatch(text)
    if found is None or int(found[2] or port) > MAX_PORT:
        raise ValueError(f"names {text[:100]!r}, which is no host with a port")
    return found[1].strip("[]"), int(found[2] or port)


def check_redis(text: str) -> str:
    """As it is, if it is one: `redis`, `rediss` or `unix`, with its database as a number, or several servers, as `redis_nodes` reads
    them. Files of TLS that it names can be read."""
    scheme, _, kind = text.partition("://")[0].partition("+")
    if kind:
        _check_nodes(text)
    else:
        _check_single(text)
    query = dict(parse_qsl(_parsed(text).query))
    known = REDIS_QUERY.union(SENTINEL_LOGIN) if kind == SENTINEL else REDIS_QUERY
    if unknown := sorted(query.keys() - known):
        raise ValueError(f"says {unknown[0][:40]}, which is not read; it may say {', '.join(sorted(known))}")
    if query.keys() & REDIS_QUERY and scheme != "rediss":
        raise ValueError("speaks of TLS, which is for rediss://")
    if query.get("ssl_cert_reqs", "required") not in ("required", "none"):
        raise ValueError("asks for ssl_cert_reqs that is neither required nor none")
    _check_files(query, REDIS_TLS_FILES)
    return text


def _check_nodes(text: str) -> None:
    found = redis_nodes(text)
    if found is None:
        raise ValueError("is not a Redis URL")
    if found.kind == SENTINEL and not found.service:
        raise ValueError("does not name the service that its sentinels watch, which stands after the hosts: /service")
    if re.fullmatch(r"[0-9]{1,5}", found.database) is None:
        raise ValueError("does not name its database by a number")
    if found.kind == CLUSTER and int(found.database):
        raise ValueError(f"names database {found.database}, and a cluster has only 0")


def _check_single(text: str) -> None:
    if "," in _parsed(text).netloc.rpartition("@")[2]:
        raise ValueError("names several hosts, which is for redis+sentinel:// and redis+cluster://")
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


def redis_tls(text: str) -> ssl.SSLContext | None:
    """How to speak TLS with the servers of a checked URL; None where they are spoken to in plain. Raises OSError, as
    `ssl.SSLError`, for files that hold no certificate or key."""
    parts = urlsplit(text)
    if parts.scheme.partition("+")[0] != "rediss":
        return None
    query = dict(parse_qsl(parts.query))
    context = ssl.create_default_context(cafile=query.get("ssl_ca_certs"))
    if query.get("ssl_cert_reqs") == "none":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if "ssl_certfile" in query:
        context.load_cert_chain(query["ssl_certfile"], query.get("ssl_keyfile"))
    return context


def check_issuer(text: str) -> str:
    """As it is, if it is one; that it is https is production's rule, not this one."""
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an http URL")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("must have neither a user nor a query")
    return text


def check_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    """As they are; that none is open to everybody is production's rule, not this one."""
    for origin in origins:
        if origin not in OPEN_ORIGINS:
            check_origin(origin)
    return origins


def check_host(text: str) -> str:
    """As it is: `*`, or a name or address in lower case without a port, before which `*.` may stand."""
    if text != "*" and HOST.fullmatch(text) is None:
        raise ValueError(f"contains {text[:100]!r}, which is no name in lower case without a port")
    return text


def check_origin(text: str) -> None:
    """Exactly what a browser sends, since it is compared as text: lower case, no path, no port that goes without
    saying. Raises ValueError."""
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
    parts = _parsed(text)
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    return parts


def _parsed(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        raise ValueError("is not a URL") from None

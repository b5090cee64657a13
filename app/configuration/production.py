"""What production does not take although it is a value (ACCEPTANCE L07, D33). A node that would start so ends with exit code 78."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from app.addresses import OPEN_ORIGINS
from app.settings import Documents, Tls
from generated.product import NAME

MIN_SECRET_CHARS = 32
"""Of `signing_secret`."""
DEFAULT_PASSWORDS = frozenset(
    {"", "admin", "administrator", "changeit", "changeme", "default", "guest", "keycloak", "password", "passw0rd", "postgres",
     "redis", "root", "secret", "test", "valkey", "123456", "12345678", NAME}
)  # fmt: skip
"""As images and manuals have them."""
PLACEHOLDERS = ("changeme", "change-me", "change_me", "insecure", "example", "default")
"""In a secret that was to be replaced."""
SWITCHES = ("DEBUG", "PYTHONDEVMODE", "PYTHONASYNCIODEBUG")
"""Variables of Python and of frameworks that show callers or logs too much."""
OFF = frozenset({"", "0", "false", "no", "off"})


def unsafe(name: str, value: Any) -> str | None:
    """What is wrong with this value of the setting, in words that go on "… in production"."""
    match name:
        case "origins" if open_ones := sorted(OPEN_ORIGINS.intersection(value)):
            return f"must not contain {open_ones[0]}"
        case "trusted_hosts" if "*" in value or not value:
            return "must name the hosts"
        case "keycloak_url" if not value.startswith("https://"):
            return "must be https"
        case "keycloak_issuer" if value is not None and not value.startswith("https://"):
            return "must be https"
        case "token_audience" if not value:
            return "must be set"
        case "rate_limit_scale" if value != 1:
            return "must be 1"
        case "documents" if value is Documents.PUBLIC:
            return "must not be public"
        case "tls" if value is not Tls.PROXY:
            return "must be ended by somebody"
        case "log_level" if value == "DEBUG":
            return "must not be DEBUG, where libraries show what they send,"
    return _unsafe_secret(name, value)


def _unsafe_secret(name: str, value: Any) -> str | None:
    if not isinstance(value, SecretStr):
        return None
    text = value.get_secret_value()
    match name:
        case "signing_secret" if len(text) < MIN_SECRET_CHARS:
            return f"must have {MIN_SECRET_CHARS} characters"
        case "signing_secret" if any(one in text.lower() for one in PLACEHOLDERS):
            return "must not be a placeholder"
        case "keycloak_client_secret" if text.lower() in DEFAULT_PASSWORDS:
            return "must not be a default password"
        case "database_url" | "redis_url" if _has_default_password(text):
            return "must not have a default password"
    return None


def _has_default_password(url: str) -> bool:
    """No password at all is none by default: a socket, a certificate or the network may be what protects."""
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    own = None if parts.password is None else unquote(parts.password)
    user = unquote(parts.username or "")
    logins = (
        (user, own), (said.get("user", user), said.get("password")),
        (said.get("sentinel_username", ""), said.get("sentinel_password")),
    )  # fmt: skip
    return any(_is_default(user, password) for user, password in logins if password is not None)


def _is_default(user: str, password: str) -> bool:
    return password.lower() in DEFAULT_PASSWORDS or password == user


def unsafe_surroundings(environ: Mapping[str, str]) -> Iterator[str]:
    """Lines for variables that are not ours and yet make the node unsafe."""
    for name in SWITCHES:
        if environ.get(name, "").strip().lower() not in OFF:
            yield f"{name}: must not be on in production; leave it out"
    if (password := environ.get("PGPASSWORD")) and _is_default("", password):
        yield "PGPASSWORD: must not be a default password in production; say it in DATABASE_URL_FILE"
    if "*" in environ.get("FORWARDED_ALLOW_IPS", ""):
        yield "FORWARDED_ALLOW_IPS: must not trust every proxy in production; leave it out, and count yours in TRUSTED_PROXIES"

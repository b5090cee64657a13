"""Makes tokens as Keycloak does, and as an attacker would: any claim or header replaced or left out."""

from __future__ import annotations

import json
import time
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from app.auth.jwks import KeySet
from app.auth.verifier import TokenVerifier

ISSUER = "https://keycloak.example/realms/stele"
ABSENT = object()
Key = RSAKey | ECKey | OctKey


def rsa_key(key_id: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": key_id, "use": "sig"})


def ec_key(key_id: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": key_id, "use": "sig"})


def jwks(*keys: RSAKey | ECKey) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


class Clock:
    """A clock that stands until it is told to go."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Mint:
    """Signs with `key` unless told otherwise; `claims` are those of a good token of this very second."""

    def __init__(self, key: RSAKey, clock: Clock) -> None:
        self.key = key
        self.clock = clock

    def claims(self) -> dict[str, Any]:
        now = int(self.clock())
        return {
            "exp": now + 300,
            "iat": now,
            "jti": "onrtro:1",
            "iss": ISSUER,
            "aud": ["stele", "account"],
            "sub": "5f3c1f5e-0d2a-4c53-9a38-6b1f4c1d0a01",
            "typ": "Bearer",
            "azp": "stele",
            "sid": "4b7da237",
            "realm_access": {"roles": ["admin"]},
            "resource_access": {"stele": {"roles": ["get-artists"]}, "account": {"roles": ["delete-artist"]}},
            "preferred_username": "reader",
        }

    def token(
        self,
        header: dict[str, Any] | None = None,
        *,
        key: Key | None = None,
        payload: bytes | None = None,
        **claims: Any,
    ) -> str:
        used = key or self.key
        named = {"alg": "RS256", "typ": "JWT", "kid": used.kid} | (header or {})
        kept = {name: value for name, value in (self.claims() | claims).items() if value is not ABSENT}
        body = json.dumps(kept).encode() if payload is None else payload
        registry = jws.JWSRegistry(algorithms=[named["alg"]], strict_check_header=False)
        heads = {name: value for name, value in named.items() if value is not ABSENT}
        return jws.serialize_compact(heads, body, used, registry=registry)


class PublishedKeys:
    """What an issuer publishes, and how often it was asked."""

    def __init__(self, *keys: RSAKey | ECKey) -> None:
        self.body = jwks(*keys)
        self.fetches = 0
        self.fault: Exception | None = None

    def publish(self, *keys: RSAKey | ECKey) -> None:
        self.body = jwks(*keys)

    async def fetch(self) -> bytes:
        self.fetches += 1
        if self.fault is not None:
            raise self.fault
        return self.body


def verifier(keys: KeySet, clock: Clock, monotonic: Clock | None = None) -> TokenVerifier:
    return TokenVerifier(
        keys,
        issuer=ISSUER,
        audience="stele",
        azp=frozenset({"stele", "stele-cli"}),
        client_id="stele",
        clock=clock,
        monotonic=monotonic or time.monotonic,
    )

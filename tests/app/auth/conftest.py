"""Real keys, a real JWKS endpoint, a real Valkey and a real issuer process for these tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from joserfc.jwk import RSAKey

from app.auth.jwks import KeySet
from app.auth.verifier import TokenVerifier
from tests.app.auth.issuer_process import IssuerProcess
from tests.app.auth.key_endpoint import KeyEndpoint
from tests.app.auth.mint import Clock, Mint, PublishedKeys, rsa_key, verifier
from tests.redis_connections import running


@pytest.fixture(scope="session")
def rsa() -> RSAKey:
    return rsa_key("key-1")


@pytest.fixture(scope="session")
def foreign_rsa() -> RSAKey:
    """Another issuer's key under our key's id."""
    return rsa_key("key-1")


@pytest.fixture
def clock() -> Clock:
    return Clock(float(int(time.time())))


@pytest.fixture
def mint(rsa: RSAKey, clock: Clock) -> Mint:
    return Mint(rsa, clock)


@pytest.fixture
def published(rsa: RSAKey) -> PublishedKeys:
    return PublishedKeys(rsa)


@pytest.fixture
async def keys(published: PublishedKeys) -> AsyncIterator[KeySet]:
    found = KeySet(published.fetch)
    async with running(found.run):
        while not found.is_ready:
            await asyncio.sleep(0)
        yield found


@pytest.fixture
def tokens(keys: KeySet, clock: Clock) -> TokenVerifier:
    return verifier(keys, clock)


@pytest.fixture
async def key_endpoint() -> AsyncIterator[KeyEndpoint]:
    async with KeyEndpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def issuer() -> Iterator[IssuerProcess]:
    with IssuerProcess() as process:
        yield process

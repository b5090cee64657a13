"""The key set keeps good keys whatever the issuer answers, and asks no more often than D6 allows."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, RSAKey

from app.auth.jwks import MAX_BYTES, MAX_MISSES, MISS_S, BadKeySet, KeySet, parse_keys
from app.auth.keycloak_identity import KeycloakKeys
from app.supervision.supervisor import Supervisor
from generated.errors import Unavailable
from tests.app.auth.key_endpoint import KeyEndpoint
from tests.app.auth.mint import Clock, PublishedKeys, ec_key, jwks, rsa_key
from tests.redis_connections import running


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


async def test_it_begins_with_one_fetch_and_is_ready_with_its_keys(published: PublishedKeys) -> None:
    keys = KeySet(published.fetch)
    async with running(keys.run):
        assert not keys.is_ready
        assert await keys.find("key-1") is not None
        assert keys.is_ready
        assert published.fetches == 1


async def test_d31_a_background_refresh_that_fails_is_started_again(published: PublishedKeys) -> None:
    """D31: whatever ends the refresh of the keys, it is started again, counted, and the keys stay."""
    deaths: list[str] = []
    keys = KeySet(published.fetch, refresh_s=0.01)
    supervisor = Supervisor(on_death=deaths.append)
    supervisor.start("jwks-refresh", keys.run)
    await until(lambda: keys.is_ready)
    [task] = [task for task in asyncio.all_tasks() if task.get_name() == "jwks-refresh"]
    task.cancel()
    await until(lambda: deaths == ["jwks-refresh"])
    fetches = published.fetches
    await until(lambda: published.fetches > fetches)
    assert keys.is_ready
    await supervisor.stop()


async def test_a08_10000_unknown_key_ids_cost_one_fetch_and_known_keys_never_wait(
    key_endpoint: KeyEndpoint, rsa: RSAKey
) -> None:
    key_endpoint.reply(jwks(rsa))
    source = KeycloakKeys(key_endpoint.url)
    keys = KeySet(source.fetch, find_s=60.0)  # 10,000 tasks on a loaded machine
    async with running(keys.run):
        await until(lambda: keys.is_ready)
        key_endpoint.hold()
        flood = [asyncio.create_task(keys.find(secrets.token_hex(8))) for _ in range(10_000)]
        await asyncio.sleep(0)
        known = keys.find("key-1")
        with pytest.raises(StopIteration):
            known.send(None)
        await until(lambda: len(key_endpoint.requests) >= 2)
        key_endpoint.reply(jwks(rsa))
        assert set(await asyncio.gather(*flood)) == {None}
        assert len(key_endpoint.requests) == 2, "the one at the start, and one for the flood"
        assert set(await asyncio.gather(*(keys.find(secrets.token_hex(8)) for _ in range(10_000)))) == {None}
        assert len(key_endpoint.requests) == 2
    await source.aclose()


async def test_a_new_key_is_found_at_once_and_the_cooldown_holds_back_the_next_question(
    published: PublishedKeys, keys: KeySet, rsa: RSAKey
) -> None:
    second = rsa_key("key-2")
    published.publish(rsa, second)
    assert await keys.find("key-2") is not None
    published.publish(rsa, second, rsa_key("key-3"))
    assert await keys.find("key-3") is None
    assert published.fetches == 2


async def test_after_the_cooldown_an_id_is_asked_for_again_unless_it_was_missed_within_300_s(rsa: RSAKey) -> None:
    clock, published = Clock(0.0), PublishedKeys(rsa)
    keys = KeySet(published.fetch, clock=clock)
    assert await keys.find("unknown") is None
    clock.now = 31
    assert await keys.find("unknown") is None
    assert published.fetches == 1, "still remembered as missing"
    assert await keys.find("other") is None
    assert published.fetches == 2
    clock.now = MISS_S + 1
    assert await keys.find("unknown") is None
    assert published.fetches == 3


async def test_an_id_refused_during_the_cooldown_is_not_remembered_as_missing(rsa: RSAKey) -> None:
    clock, published = Clock(0.0), PublishedKeys(rsa)
    keys = KeySet(published.fetch, clock=clock)
    await keys.find("unknown")
    published.publish(rsa, rsa_key("key-2"))
    assert await keys.find("key-2") is None
    clock.now = 30
    assert await keys.find("key-2") is not None


async def test_the_negative_cache_forgets_the_oldest_of_more_than_128(rsa: RSAKey) -> None:
    clock, published = Clock(0.0), PublishedKeys(rsa)
    keys = KeySet(published.fetch, clock=clock, cooldown_s=0)
    for number in range(MAX_MISSES + 1):
        await keys.find(f"unknown-{number}")
    fetches = published.fetches
    await keys.find("unknown-1")
    assert published.fetches == fetches
    await keys.find("unknown-0")
    assert published.fetches == fetches + 1


async def test_a_cancelled_caller_does_not_end_the_fetch_that_others_wait_for(
    key_endpoint: KeyEndpoint, rsa: RSAKey
) -> None:
    source = KeycloakKeys(key_endpoint.url)
    keys = KeySet(source.fetch)
    first, second = (asyncio.create_task(keys.find("key-1")) for _ in range(2))
    await until(lambda: len(key_endpoint.requests) == 1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert first.cancelled()
    assert not second.done()
    key_endpoint.reply(jwks(rsa))
    assert await second is not None
    assert len(key_endpoint.requests) == 1
    await source.aclose()


BAD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"<html>",
    "a list": b"[]",
    "no keys": b'{"keys": []}',
    "keys not a list": b'{"keys": {}}',
    "deep": b"[" * 100_000,
    "not UTF-8": b'{"keys": "\xff"}',
    "only an encryption key": json.dumps(
        {"keys": [RSAKey.generate_key(2048, {"kid": "key-1", "use": "enc"}).as_dict(private=False)]}
    ).encode(),
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
async def test_a_bad_answer_never_replaces_the_good_keys(body: bytes, rsa: RSAKey) -> None:
    published = PublishedKeys(rsa)
    keys = KeySet(published.fetch, cooldown_s=0)
    good = await keys.find("key-1")
    published.body = body
    assert await keys.find("unknown") is None
    assert published.fetches == 2
    assert await keys.find("key-1") is good
    assert keys.generation == 1


Answer = Callable[[KeyEndpoint, bytes], None]
BAD_ANSWERS: dict[str, Answer] = {
    "status 500": lambda end, body: end.reply(body, "500 Internal Server Error"),
    "status 204": lambda end, body: end.reply(b"", "204 No Content"),
    "redirect": lambda end, body: end.reply(body, "302 Found", "location: /elsewhere"),
    "compressed": lambda end, body: end.reply(body, "200 OK", "content-encoding: gzip"),
    "256 KiB and a byte": lambda end, body: end.reply(body + b" " * (MAX_BYTES + 1 - len(body))),
    "cut short": lambda end, body: end.reply(body, "200 OK", "content-length: 9999"),
    "no HTTP": lambda end, body: end.send(b"\x00\x01\x02\r\n\r\n"),
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
async def test_over_a_real_socket_a_bad_answer_never_replaces_the_good_keys_and_no_redirect_is_followed(
    answer: Answer, key_endpoint: KeyEndpoint, rsa: RSAKey
) -> None:
    key_endpoint.reply(jwks(rsa))
    source = KeycloakKeys(key_endpoint.url)
    keys = KeySet(source.fetch, cooldown_s=0)
    good = await keys.find("key-1")
    answer(key_endpoint, jwks(rsa_key("key-1")))
    assert await keys.find("unknown") is None
    assert await keys.find("key-1") is good
    assert len(key_endpoint.requests) == 2
    assert all(b"/protocol/openid-connect/certs" in request for request in key_endpoint.requests)
    await source.aclose()


async def test_f08_keys_are_used_for_24_h_without_the_issuer_and_not_longer(rsa: RSAKey) -> None:
    clock, published = Clock(0.0), PublishedKeys(rsa)
    keys = KeySet(published.fetch, clock=clock)
    await keys.find("key-1")
    published.fault = ConnectionError()
    clock.now = 24 * 3600
    assert await keys.find("key-1") is not None
    assert keys.is_ready
    clock.now += 1
    with pytest.raises(Unavailable):
        await keys.find("key-1")
    assert not keys.is_ready
    published.fault = None
    clock.now += 30
    assert await keys.find("key-1") is not None


async def test_a_key_removed_at_the_issuer_dies_at_the_next_background_refresh(rsa: RSAKey) -> None:
    second = rsa_key("key-2")
    published = PublishedKeys(rsa, second)
    keys = KeySet(published.fetch, refresh_s=0.02)
    async with running(keys.run):
        assert await keys.find("key-1") is not None
        published.publish(second)
        await until(lambda: keys.generation == 2)
        assert await keys.find("key-1") is None
        assert await keys.find("key-2") is not None


async def test_a_failing_background_refresh_goes_on_and_recovers(rsa: RSAKey) -> None:
    published = PublishedKeys(rsa)
    published.fault = OSError()
    keys = KeySet(published.fetch, refresh_s=0.02)
    async with running(keys.run):
        await until(lambda: published.fetches >= 3)
        assert not keys.is_ready
        published.fault = None
        await until(lambda: keys.is_ready)


@pytest.mark.parametrize(
    ("since_change_s", "good", "pause_s"),
    [(None, True, 300), (0, True, 50), (599, True, 50), (601, True, 300), (0, False, 30)],
)
async def test_a07_the_background_asks_every_5_min_and_more_often_while_the_issuer_rotates(
    since_change_s: float | None, good: bool, pause_s: float, rsa: RSAKey
) -> None:
    clock, published = Clock(0.0), PublishedKeys(rsa)
    keys = KeySet(published.fetch, clock=clock, cooldown_s=0)
    await keys.find("key-1")
    if since_change_s is not None:
        published.publish(rsa, rsa_key("key-2"))
        await keys.find("key-2")
        clock.now += since_change_s
    assert keys._pause_s(good) == pause_s


async def test_a_key_replaced_under_its_old_id_counts_as_a_change(rsa: RSAKey, foreign_rsa: RSAKey) -> None:
    published = PublishedKeys(rsa)
    keys = KeySet(published.fetch, cooldown_s=0)
    await keys.find("key-1")
    await keys.find("unknown")
    assert keys.generation == 1
    published.publish(foreign_rsa)
    await keys.find("another")
    assert keys.generation == 2


def test_only_signing_keys_of_allowed_algorithms_are_taken_and_the_others_passed_over(rsa: RSAKey) -> None:
    public = dict(rsa.as_dict(private=False))
    with pytest.warns(SecurityWarning):
        weak = RSAKey.generate_key(1024, {"use": "sig", "kid": "weak"}).as_dict(private=False)
    p384 = ECKey.generate_key("P-384", {"use": "sig", "kid": "p384"}).as_dict(private=False)
    secret = OctKey.import_key("secret-secret-secret", {"use": "sig", "kid": "oct"}).as_dict()
    entries = [
        public | {"kid": "use-missing", "use": None},
        {name: value for name, value in public.items() if name != "use"},
        public | {"kid": "enc", "use": "enc"},
        public | {"kid": "oaep", "alg": "RSA-OAEP"},
        public | {"kid": "k" * 129},
        public | {"kid": 1},
        public | {"kid": "bad-n", "n": "!"},
        public | {"kid": "no-n", "n": None},
        rsa.as_dict(private=True) | {"kid": "private"},
        {"kty": ["RSA"], "use": "sig", "kid": "odd"},
        {"kty": "EC", "use": "sig", "kid": "nothing", "crv": "P-256"},
        "text",
        weak,
        p384,
        secret,
        public | {"alg": "RS256"},
        ec_key("key-ec").as_dict(private=False),
    ]
    with pytest.warns(SecurityWarning):
        assert set(parse_keys(json.dumps({"keys": entries}).encode())) == {"key-1", "key-ec"}


def test_of_two_keys_with_one_id_the_first_counts(rsa: RSAKey, foreign_rsa: RSAKey) -> None:
    kept = parse_keys(jwks(rsa, foreign_rsa))["key-1"]
    assert kept.thumbprint() == rsa.thumbprint()


def test_more_than_256_kib_are_not_read() -> None:
    with pytest.raises(BadKeySet):
        parse_keys(b" " * (MAX_BYTES + 1))


async def test_the_end_of_the_refresh_is_the_end_of_a_fetch_that_hangs(key_endpoint: KeyEndpoint) -> None:
    source = KeycloakKeys(key_endpoint.url)
    keys = KeySet(source.fetch)
    async with running(keys.run):
        await until(lambda: len(key_endpoint.requests) == 1)
    await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "jwks-fetch"])
    with pytest.raises(Unavailable):
        await keys.find("key-1")
    await source.aclose()


@pytest.mark.survives("F08")
async def test_a_silent_issuer_holds_a_request_for_the_first_second_and_the_later_ones_not_at_all(
    key_endpoint: KeyEndpoint, rsa: RSAKey
) -> None:
    """F08 (D6): while the issuer is silent a token of an unknown key is answered 503 within a second, later ones at once, by one
    fetch for all; tokens of known keys do not notice."""
    key_endpoint.reply(jwks(rsa))
    source = KeycloakKeys(key_endpoint.url)
    keys = KeySet(source.fetch, cooldown_s=0)
    known = await keys.find("key-1")
    key_endpoint.hold()
    started = time.monotonic()
    outcomes = await asyncio.gather(*(keys.find(f"unknown-{number}") for number in range(50)), return_exceptions=True)
    assert 0.9 <= time.monotonic() - started < 2.5
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    started = time.monotonic()
    for number in range(50):
        with pytest.raises(Unavailable):
            await keys.find(f"later-{number}")
        assert await keys.find("key-1") is known
    assert time.monotonic() - started < 0.5
    assert len(key_endpoint.requests) == 2
    key_endpoint.reply(jwks(rsa, rsa_key("key-2")))
    await until(lambda: keys.generation == 2)
    assert await keys.find("key-2") is not None
    await source.aclose()

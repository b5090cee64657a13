"""The issuer's public keys, kept fresh in the background (ACCEPTANCE D6).

Promises: a bad answer never replaces good keys; a flood of unknown key ids costs one fetch per cooldown; who has a known
key never waits, and who has not waits for at most the first second of a fetch. Keys not confirmed for `max_stale_s` are
used no more. How to fetch is handed in.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from generated.errors import Unavailable

MAX_BYTES = 256 * 1024
"""Of the issuer's answer; a larger one counts as none (D6)."""
MAX_KEY_ID_CHARS = 128
MAX_MISSES = 128
MISS_S = 300.0
"""For so long a key id that the issuer did not have is not asked for again."""
FETCH_TIMEOUT_S = 5.0
"""Of the whole fetch, in the background."""
FIND_S = 1.0
"""For so long, from its beginning on, a fetch holds requests; a silent issuer costs the later ones nothing."""
FIND_AGAIN_S = 5
RSA_BITS = range(2048, 8193)
"""RFC 7518 §3.3 asks for 2,048 at least."""
ALGORITHMS_OF_TYPE = {"RSA": frozenset({"RS256", "PS256"}), "EC": frozenset({"ES256"})}
"""What a key of each type may be used for; a key that names another algorithm is left out."""

RETRY_WITHOUT_KEYS_S = 1.0
"""Until the first keys are there, and once they are too old."""
RETRY_WITH_KEYS_S = 30.0
ROTATION_REFRESH_S = 50.0
ROTATION_LASTS_S = 600.0
"""After a change of keys the issuer is asked every ROTATION_REFRESH_S for so long."""

Key = RSAKey | ECKey
Fetch = Callable[[], Awaitable[bytes]]
log = structlog.stdlib.get_logger(__name__)


class BadKeySet(Exception):
    """The issuer's answer holds no key that can be used; the keys at hand stay."""


class KeySet:
    """`run` keeps it fresh, under the supervisor: every `refresh_s`, faster while there are no keys, after a failure,
    and for ten minutes after a rotation. An unknown key id asks at once, at most once per `cooldown_s`. `generation`
    grows with each change, for caches to follow. `clock` is a monotonic one."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        clock: Callable[[], float] = time.monotonic,
        refresh_s: float = 300.0,
        cooldown_s: float = 30.0,
        max_stale_s: float = 24 * 3600.0,
        find_s: float = FIND_S,
    ) -> None:
        self.generation = 0
        self._fetch = fetch
        self._clock = clock
        self._refresh_s = refresh_s
        self._cooldown_s = cooldown_s
        self._max_stale_s = max_stale_s
        self._find_s = find_s
        self._keys: dict[str, Key] = {}
        self._misses: OrderedDict[str, float] = OrderedDict()
        self._fetched_at = self._asked_at = self._changed_at = self._began_at = float("-inf")
        self._in_flight: asyncio.Task[bool] | None = None
        self.failure: str | None = None
        """Of the last fetch, in words for who runs the node."""

    async def run(self) -> None:
        """Fetches at once and then again and again; does not return."""
        try:
            while True:
                good = await asyncio.shield(self._begin_refresh())
                await asyncio.sleep(self._pause_s(good))
        finally:
            if self._in_flight is not None:
                self._in_flight.cancel()

    @property
    def is_ready(self) -> bool:
        """Usable keys are at hand (D25); that they are kept fresh is the supervisor's word (D31)."""
        return bool(self._fresh_keys())

    async def find(self, key_id: str) -> Key | None:
        """The key with this id, asking again where the rules allow; raises Unavailable without any keys, and where the
        issuer is asked and does not answer within a second. None for an id that the issuer does not have, or that may
        not be asked for yet. A known one costs a dictionary look-up."""
        if (key := self._fresh_keys().get(key_id)) is not None:
            return key
        if not self._missed_lately(key_id):
            await self._ask_for(key_id)
        keys = self._fresh_keys()
        if not keys:
            raise Unavailable(retry_after_s=FIND_AGAIN_S)
        return keys.get(key_id)

    def _fresh_keys(self) -> dict[str, Key]:
        return self._keys if self._clock() - self._fetched_at <= self._max_stale_s else {}

    def _missed_lately(self, key_id: str) -> bool:
        return self._clock() < self._misses.get(key_id, float("-inf"))

    async def _ask_for(self, key_id: str) -> None:
        """Only who began a fetch learns that the key is missing: one under way may be older than the key."""
        if self._in_flight is not None:
            await self._wait_for(self._in_flight)
            return
        if self._clock() - self._asked_at < self._cooldown_s:
            return
        self._asked_at = self._clock()
        if await self._wait_for(self._begin_refresh()) and key_id not in self._keys:
            self._remember_miss(key_id)

    async def _wait_for(self, fetch: asyncio.Task[bool]) -> bool:
        """Whether the fetch was good; a caller's cancellation does not end it."""
        left_s = self._began_at + self._find_s - self._clock()
        done, _ = await asyncio.wait([fetch], timeout=max(0.0, left_s))
        if not done:
            raise Unavailable(retry_after_s=FIND_AGAIN_S)
        return not fetch.cancelled() and fetch.result()

    def _remember_miss(self, key_id: str) -> None:
        self._misses[key_id] = self._clock() + MISS_S
        self._misses.move_to_end(key_id)
        if len(self._misses) > MAX_MISSES:
            self._misses.popitem(last=False)

    def _begin_refresh(self) -> asyncio.Task[bool]:
        """A task of its own: no caller's cancellation ends the fetch that others wait for."""
        if self._in_flight is None:
            self._began_at = self._clock()
            self._in_flight = asyncio.create_task(self._refresh(), name="jwks-fetch")
        return self._in_flight

    async def _refresh(self) -> bool:
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                keys = parse_keys(await self._fetch())
        except Exception as error:
            self.failure = str(error)[:200] or type(error).__name__
            log.warning("jwks.refresh_failed", reason=type(error).__name__, keys_held=len(self._keys))
            return False
        else:
            self.failure = None
            self._replace(keys)
            return True
        finally:
            self._in_flight = None

    def _replace(self, keys: dict[str, Key]) -> None:
        self._fetched_at = self._clock()
        if _material(keys) == _material(self._keys):
            return
        if self._keys:
            self._changed_at = self._clock()
        self._keys = keys
        self.generation += 1
        log.info("jwks.changed", keys=len(keys))

    def _pause_s(self, good: bool) -> float:
        """Faster while the issuer rotates: a key withdrawn soon after must not live on for minutes (A07)."""
        if not self._fresh_keys():
            return min(RETRY_WITHOUT_KEYS_S, self._refresh_s)
        if not good:
            return min(RETRY_WITH_KEYS_S, self._refresh_s)
        rotating = self._clock() - self._changed_at < ROTATION_LASTS_S
        return min(ROTATION_REFRESH_S, self._refresh_s) if rotating else self._refresh_s


def parse_keys(body: bytes) -> dict[str, Key]:
    """The signing keys of a JWKS by id, without those we never use; raises BadKeySet when none is left. Kept are those
    of `use: sig`: RSA of 2,048 to 8,192 bits and P-256; of two with one id the first."""
    if len(body) > MAX_BYTES:
        raise BadKeySet
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadKeySet from error
    entries = answer.get("keys") if isinstance(answer, dict) else None
    keys: dict[str, Key] = {}
    for entry in entries if isinstance(entries, list) else ():
        key = _parse_key(entry)
        if key is not None:
            keys.setdefault(str(key.kid), key)
    if not keys:
        raise BadKeySet
    return keys


def _parse_key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or entry.get("use") != "sig" or "d" in entry:
        return None
    key_id, kind = entry.get("kid"), entry.get("kty")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= MAX_KEY_ID_CHARS or not isinstance(kind, str):
        return None
    algorithms = ALGORITHMS_OF_TYPE.get(kind, frozenset())
    if not algorithms or entry.get("alg", next(iter(algorithms))) not in algorithms:
        return None
    with suppress(JoseError, ValueError, TypeError, KeyError):
        return _import_key(kind, entry)
    return None


def _import_key(kind: str, entry: dict[str, Any]) -> Key | None:
    if kind == "RSA":
        rsa = RSAKey.import_key(entry)
        return rsa if rsa.public_key.key_size in RSA_BITS else None
    return ECKey.import_key(entry) if entry.get("crv") == "P-256" else None


def _material(keys: dict[str, Key]) -> dict[str, Any]:
    return {key_id: (key.thumbprint(), key.alg) for key_id, key in keys.items()}

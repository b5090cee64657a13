"""Room for the bodies that are not held in memory: on disk, within one bound for the node, with a share for each caller.

Promises: a body is counted while it comes; what a caller holds is given back however its request ends.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from tempfile import SpooledTemporaryFile

import structlog

from generated.content import Upload
from generated.errors import TooLarge, Unavailable
from generated.http_routes import ROUTES

IN_MEMORY_BYTES = 65_536
"""Of one file; beyond it the file is on disk."""
CALLER_SHARE = 4
"""One caller has a quarter of the room at most."""
RETRY_S = 5
log = structlog.get_logger(__name__)


class Spool:
    """One per worker. `max_bytes` bounds what all requests hold at once."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held: Counter[str] = Counter()
        self._total = 0

    @property
    def holds_nothing(self) -> bool:
        return not self._total and not self._held

    def take(self, caller: str, size: int) -> None:
        """Raises Unavailable where there is no room."""
        share = self._held[caller] + size > self._max_bytes // CALLER_SHARE
        if share or self._total + size > self._max_bytes:
            raise Unavailable(retry_after_s=RETRY_S)
        self._held[caller] += size
        self._total += size

    def give_back(self, caller: str, size: int) -> None:
        self._total -= size
        self._held[caller] -= size
        if self._held[caller] <= 0:
            del self._held[caller]


class SpooledFile:
    """One file while it comes, of at most `max_bytes`. To be closed in any case; its Upload ends with it."""

    def __init__(self, spool: Spool, caller: str, max_bytes: int) -> None:
        self._spool = spool
        self._caller = caller
        self._max_bytes = max_bytes
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  # it lives as long as the request
        self._length = 0
        self._is_on_disk = False
        self._digest = hashlib.sha256()

    async def write(self, chunk: bytes) -> None:
        """Raises TooLarge, or Unavailable where node or disk have no room."""
        if self._length + len(chunk) > self._max_bytes:
            raise TooLarge
        self._spool.take(self._caller, len(chunk))
        self._length += len(chunk)
        self._digest.update(chunk)
        if self._length <= IN_MEMORY_BYTES:
            self._file.write(chunk)
            return
        self._is_on_disk = True
        try:
            await asyncio.to_thread(self._file.write, chunk)
        except OSError:
            log.exception("spool.disk_failed")
            raise Unavailable(retry_after_s=RETRY_S) from None

    def upload(self, media_type: str, filename: str | None) -> Upload:
        return Upload(
            self._file,
            length=self._length,
            sha256=self._digest.hexdigest(),
            media_type=media_type,
            filename=filename,
            is_on_disk=self._is_on_disk,
        )

    def close(self) -> None:
        """Gives the room back. A write that still runs in its thread finds the file closed, and its request is over."""
        self._spool.give_back(self._caller, self._length)
        self._file.close()


def make_spool(room_mib: int) -> Spool:
    """A body of the contract that never has room is said at start, and not by the caller who sends it."""
    most = room_mib << 20
    for route in ROUTES:
        due = sum(one.max_bytes * one.max_count for one in route.files)
        if due > most // CALLER_SHARE:
            log.warning(
                "uploads.room_too_small", operation=route.operation.name, needed_mib=-(-due * CALLER_SHARE >> 20)
            )
    return Spool(most)

"""Room for bodies on disk: bounded for the node and for each caller, and always given back."""

from __future__ import annotations

import hashlib
import os

import pytest

from app.http.spool import CALLER_SHARE, IN_MEMORY_BYTES, Spool, SpooledFile
from generated.errors import TooLarge, Unavailable


async def test_what_comes_is_what_is_read() -> None:
    """Small and large, from memory and from disk, twice."""
    for size in (0, 10, IN_MEMORY_BYTES, IN_MEMORY_BYTES + 1, 300_000):
        data = os.urandom(size)
        file = SpooledFile(Spool(1 << 22), "ann", size)
        for at in range(0, size, 9_999):
            await file.write(data[at : at + 9_999])
        upload = file.upload("image/png", "a.png")
        assert (upload.length, upload.sha256) == (size, hashlib.sha256(data).hexdigest())
        assert await upload.read() == data
        assert b"".join([chunk async for chunk in upload.chunks(7_000)]) == data
        file.close()


async def test_a_file_ends_at_its_maximum() -> None:
    file = SpooledFile(Spool(1000), "ann", 10)
    await file.write(b"x" * 10)
    with pytest.raises(TooLarge):
        await file.write(b"x")
    file.close()


async def test_a_caller_has_a_share_and_all_have_the_room() -> None:
    spool = Spool(100 * CALLER_SHARE)
    files = [SpooledFile(spool, name, 1000) for name in ("ann", "bob", "cid", "dan", "eve")]
    await files[0].write(b"x" * 100)
    with pytest.raises(Unavailable):
        await files[0].write(b"x")
    for file in files[1:4]:
        await file.write(b"x" * 100)
    with pytest.raises(Unavailable) as refused:
        await files[4].write(b"x")
    assert refused.value.retry_after_s == 5
    files[1].close()
    await files[4].write(b"x" * 100)


async def test_a_file_that_was_refused_gives_back_what_it_held() -> None:
    """No more, so that the count stays right."""
    spool = Spool(100 * CALLER_SHARE)
    for _ in range(3):
        file = SpooledFile(spool, "ann", 1000)
        await file.write(b"x" * 100)
        with pytest.raises(Unavailable):
            await file.write(b"x")
        file.close()
    spool.take("ann", 100)
    spool.give_back("ann", 100)
    assert spool.holds_nothing

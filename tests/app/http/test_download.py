"""Answers of bytes: which part is asked for, and how they are described. `tests/media/tests/contract/media.py` sends them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.download import UnknownRange, disposition_of, part_of
from generated.content import CHUNK_BYTES, Download, fault_of_download, is_among

DATA = bytes(range(256)) * 1000


async def all_of(told: Download, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in told.between(start, stop)])


async def pieces() -> AsyncIterator[bytes]:
    for at in range(0, len(DATA), 999):
        yield DATA[at : at + 999]


@given(st.integers(0, len(DATA)), st.integers(0, len(DATA)))
async def test_parts_are_of_the_whole(one: int, other: int) -> None:
    """Of bytes, and of a source that can only begin at its beginning."""
    start, stop = sorted((one, other))
    assert await all_of(Download.of_bytes(DATA), start, stop) == DATA[start:stop]
    assert await all_of(Download(pieces(), length=len(DATA)), start, stop) == DATA[start:stop]


async def test_a_file_is_answered_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(DATA)
    told = Download.of_path(tmp_path / "a.bin", media_type="image/png")
    assert await all_of(told, 5, CHUNK_BYTES * 2 + 7) == DATA[5 : CHUNK_BYTES * 2 + 7]
    assert (told.length, told.etag, told.modified_at is not None) == (len(DATA), told.etag, True)
    (tmp_path / "a.bin").write_bytes(DATA + b"!")
    assert Download.of_path(tmp_path / "a.bin").etag != told.etag
    with pytest.raises(FileNotFoundError):
        Download.of_path(tmp_path / "b.bin")


TOLD = Download.of_bytes(b"x" * 100, etag="t", modified_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, None),
        ({b"range": b"bytes=0-"}, (0, 100)),
        ({b"range": b" bytes=99-99 "}, (99, 100)),
        ({b"range": b"bytes=-1"}, (99, 100)),
        ({b"range": b"bytes=0-0,2-3"}, None),
        ({b"range": b"bytes=3-2"}, None),
        ({b"range": b"Bytes=0-1"}, None),
        ({b"range": b"bytes=" + b"9" * 19 + b"-"}, None),
        ({b"range": b"bytes=0-1", b"if-range": b'"t"'}, (0, 2)),
        ({b"range": b"bytes=0-1", b"if-range": b'W/"t"'}, None),
        ({b"range": b"bytes=0-1", b"if-range": b'"T"'}, None),
        ({b"range": b"bytes=0-1", b"if-range": b"Fri, 02 Jan 2026 03:04:05 GMT"}, (0, 2)),
        ({b"range": b"bytes=0-1", b"if-range": b"Fri, 02 Jan 2026 03:04:06 GMT"}, None),
    ],
)
def test_one_range_is_read_as_rfc_9110_says(headers: Mapping[bytes, bytes], part: tuple[int, int] | None) -> None:
    assert part_of(TOLD, headers) == part


@pytest.mark.parametrize("asked", [b"bytes=100-", b"bytes=-0", b"bytes=1000-2000"])
def test_a_range_beyond_the_end_is_refused(asked: bytes) -> None:
    with pytest.raises(UnknownRange) as refused:
        part_of(TOLD, {b"range": asked})
    assert refused.value.hint == (b"content-range", b"bytes */100")


def test_without_a_length_there_are_no_parts() -> None:
    assert part_of(Download(pieces()), {b"range": b"bytes=0-1"}) is None


@pytest.mark.parametrize(
    ("filename", "inline", "text"),
    [
        (None, False, b"attachment"),
        (None, True, b"inline"),
        ("a b.png", False, b'attachment; filename="a b.png"'),
        ('q"\\\r\n.png', False, b"attachment; filename=\"q____.png\"; filename*=UTF-8''q%22%5C%0D%0A.png"),
        ("ä\udcff", True, b"inline; filename=\"__\"; filename*=UTF-8''%C3%A4%3F"),
    ],
)
def test_a_name_cannot_break_its_header(filename: str | None, inline: bool, text: bytes) -> None:
    assert disposition_of(Download.of_bytes(b"", filename=filename, is_inline=inline)) == text


@pytest.mark.parametrize(
    "wrong",
    [{"media_type": "image/png\r\nX: y"}, {"media_type": "png"}, {"etag": 'a"b'}, {"etag": "ä"}, {"etag": "x" * 129}],
)
def test_what_a_header_cannot_say_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"media type|entity tag"):
        Download.of_bytes(b"", **wrong)


def test_a_source_of_ranges_has_a_length() -> None:
    with pytest.raises(ValueError, match="length"):
        Download(Download.of_bytes(b"").between)


@pytest.mark.parametrize(
    ("value", "types", "fault"),
    [
        (b"bytes", ("image/png",), "a Download was due"),
        (Download.of_bytes(b"x" * 11), ("image/png",), "11, 10 at most"),
        (Download.of_bytes(b"", media_type="text/html"), ("image/png",), "none of image/png"),
        (Download.of_bytes(b""), ("image/png", "image/gif"), "not said"),
        (Download.of_bytes(b""), ("image/*",), "not said"),
        (Download.of_bytes(b""), (), "not said"),
        (Download.of_bytes(b"x" * 10), ("image/png",), None),
        (Download.of_bytes(b"", media_type="image/gif"), ("image/*",), None),
        (Download.of_bytes(b"", media_type="a/b"), (), None),
    ],
)
def test_an_answer_that_the_contract_does_not_declare_is_a_fault(
    value: object, types: tuple[str, ...], fault: str | None
) -> None:
    found = fault_of_download(value, 10, types)
    assert (found is None) if fault is None else fault in (found or "")


def test_media_ranges() -> None:
    assert is_among("image/png; q=1", ("image/*",))
    assert is_among("any/thing", ())
    assert not is_among("image/png", ("image/p*", "text/*"))

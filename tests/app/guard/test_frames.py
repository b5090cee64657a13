"""Where frames end and which may come, however the bytes are cut."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from app.guard.frames import FrameAccount, FrameLimits, LastFrame, Violation, framed
from generated.errors import CloseCode
from tests.faults.raw import BINARY, CLOSE, PING, TEXT, frame

SIZES = st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536])


def ends(account: FrameAccount, data: bytes, now: float = 0.0) -> list[int]:
    """Each end that `step` answers, until it answers none."""
    found, at = list[int](), 0
    while at < len(data) and (end := account.step(data, at, now)) != at:
        found.append(end)
        at = end
    return found


@given(st.lists(SIZES, max_size=5))
def test_frames_end_where_they_do(sizes: list[int]) -> None:
    frames = [frame(BINARY, b"a" * size) for size in sizes]
    expected = [sum(map(len, frames[: count + 1])) for count in range(len(frames))]
    assert ends(FrameAccount(FrameLimits()), b"".join(frames)) == expected


@settings(deadline=None)
@given(st.lists(SIZES, min_size=1, max_size=4), st.integers(1, 70_000))
def test_however_the_bytes_are_cut_all_are_passed_on_and_no_frame_is_left_open(sizes: list[int], width: int) -> None:
    account, data = FrameAccount(FrameLimits()), b"".join(frame(BINARY, b"a" * size) for size in sizes)
    passed, held = 0, b""
    for start in range(0, len(data), width):
        held += data[start : start + width]
        last = (ends(account, held) or [0])[-1]
        passed, held = passed + last, held[last:]
        assert len(held) < 14
    assert (passed, held, account.is_within_message) == (len(data), b"", False)


def violation(data: bytes, account: FrameAccount | None = None, now: float = 0.0) -> int:
    with pytest.raises(Violation) as caught:
        ends(account or FrameAccount(FrameLimits()), data, now)
    return caught.value.code


@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b"a" * 125, width=2),
        frame(TEXT, width=8),
        frame(TEXT, b"a" * 65_535, width=8),
        frame(PING, b"a" * 126),
        frame(CLOSE, width=2),
    ],
)
def test_lengths_are_written_in_the_fewest_bytes(data: bytes) -> None:
    assert violation(data) == 1002
    assert violation(data[:10]) == 1002


def test_a_message_has_a_bounded_number_of_fragments_and_the_next_begins_anew() -> None:
    account = FrameAccount(FrameLimits(fragments=3))
    message = frame(TEXT, fin=False) + frame(0, fin=False) + frame(0)
    assert len(ends(account, message * 2)) == 6
    assert violation(message[:-6] + frame(0, fin=False) * 2, account) == 1008


def test_control_frames_are_counted_within_a_window_and_within_messages() -> None:
    account = FrameAccount(FrameLimits())
    assert len(ends(account, frame(PING) * 20, 0.0)) == 20
    assert len(ends(account, frame(TEXT, fin=False) + frame(PING) * 20, 1.0)) == 21
    assert account.is_within_message
    assert violation(frame(PING), account, 1.9) == CloseCode.PROTOCOL_ABUSE


def test_a_close_is_told() -> None:
    account = FrameAccount(FrameLimits())
    ends(account, frame(TEXT))
    assert not account.closes
    ends(account, frame(CLOSE))
    assert account.closes


def read_back(data: bytes) -> Frame:
    """As the client of a library reads it."""
    reader = StreamReader()
    reader.feed_data(data)
    reading = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as ended:
        next(reading)
    assert not reader.buffer
    found: Frame = ended.value.value
    return found


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_message_is_one_whole_frame_of_its_kind(size: int) -> None:
    for payload, opcode in (("é" * (size // 2) + "a" * (size % 2), Opcode.TEXT), (bytes(size), Opcode.BINARY)):
        read = read_back(framed(payload))
        assert (read.opcode, read.fin) == (opcode, True)
        assert bytes(read.data) == (payload.encode() if isinstance(payload, str) else payload)


def test_the_frame_of_a_payload_is_made_once_for_those_who_are_sent_it_one_after_the_other() -> None:
    last, event, other = LastFrame(), "".join(["ev", "ent"]), b"other"
    first = last.of(event)
    assert last.of(event) is first == framed("event")
    assert last.of(other) == framed(b"other")
    assert last.of(event) == framed("event")
    assert LastFrame().of(b"") == framed(b"")
    assert LastFrame().of("") == framed("")

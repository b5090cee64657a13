"""A full node's refusal is the same bytes as every other's, made once."""

from __future__ import annotations

import pytest

from app.admission.gate import Gate
from app.guard.problems import Field, answer
from app.guard.turning_away import MAX_KNOWN, Known, TurningAway
from generated.errors import Unavailable


class Full(Gate):
    def refuses(self, path: bytes, method: bytes, address: str) -> int | None:
        return 7


FULL = Full()


@pytest.mark.parametrize("trace", ["0123456789abcdef" * 2, "mine", "0" * 32])
@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("is_head", [False, True])
def test_the_bytes_are_those_of_an_answer_that_is_made_anew(trace: str, is_last: bool, is_head: bool) -> None:
    turning = TurningAway()
    for second in ("one", "two"):
        fields: list[Field] = [(b"date", second.encode())]
        for retry_s in (1, 3, 1):
            known = Known(b"/things", b"HEAD" if is_head else b"GET", "192.0.2.1", trace)
            said = turning.answer(known, retry_s, server_fields=fields, is_last=is_last)
            error = Unavailable(retry_after_s=retry_s)
            assert said == answer(error, trace, server_fields=fields, is_last=is_last, is_head=is_head)


def test_a_request_is_known_from_its_peer_alone_and_their_number_is_bounded() -> None:
    """Nothing of its head is kept: it has credentials in it."""
    turning, known = TurningAway(), Known(b"/things", b"GET", "192.0.2.1", None)
    turning.remember("192.0.2.1", b"head", known)
    assert turning.again(FULL, "192.0.2.1", b"head") == (known, 7)
    assert turning.again(FULL, "192.0.2.2", b"head") is turning.again(FULL, "192.0.2.1", b"other") is None
    assert turning.again(Gate(), "192.0.2.1", b"head") is None, "there is room now"
    for number in range(2 * MAX_KNOWN):
        turning.remember("192.0.2.1", b"head %d" % number, known)
        assert len(turning._known) <= MAX_KNOWN
    assert all(isinstance(key, int) for key in turning._known)

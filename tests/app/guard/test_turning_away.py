"""A full node's refusal is the same bytes as every other's, made once."""

from __future__ import annotations

import pytest

from app.guard.problems import Field, answer
from app.guard.turning_away import TurningAway
from generated.errors import Unavailable


@pytest.mark.parametrize("trace", ["0123456789abcdef" * 2, "mine", "0" * 32])
@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("is_head", [False, True])
def test_the_bytes_are_those_of_an_answer_that_is_made_anew(trace: str, is_last: bool, is_head: bool) -> None:
    turning = TurningAway()
    for second in ("one", "two"):
        fields: list[Field] = [(b"date", second.encode())]
        for retry_s in (1, 3, 1):
            said = turning.answer(retry_s, trace, server_fields=fields, is_last=is_last, is_head=is_head)
            error = Unavailable(retry_after_s=retry_s)
            assert said == answer(error, trace, server_fields=fields, is_last=is_last, is_head=is_head)

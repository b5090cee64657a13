"""A full node's refusal is the same bytes as every other's, made once, and only what is plain gets it unparsed."""

from __future__ import annotations

import pytest

from app.guard.problems import Field, answer
from app.guard.turning_away import TurningAway, plain_target
from generated.errors import Unavailable

TOKEN = "Authorization: Bearer abc"


def head(line: str, *fields: str) -> bytes:
    return "\r\n".join([line, "Host: x", *fields, "", ""]).encode()


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


def test_a_plain_get_says_what_it_asks_for() -> None:
    assert plain_target(head("GET /api/artists?page=1 HTTP/1.1", TOKEN, "Accept: */*")) == b"/api/artists?page=1"


@pytest.mark.parametrize(
    "given",
    [
        head("POST / HTTP/1.1", TOKEN),
        head("HEAD / HTTP/1.1"),
        head("GET / HTTP/1.0"),
        head("GET / HTTP/2"),
        *(
            head("GET / HTTP/1.1", TOKEN, f"{name}{colon} x")
            for name in (
                "Connection", "Content-Length", "expect", "FORWARDED", "traceparent", "tracestate", "Transfer-Encoding", "Upgrade",
                "X-Correlation-Id", "X-Forwarded-For",
            )
            for colon in (":", " :")
        ),
    ],
)  # fmt: skip
def test_what_may_mean_more_is_read(given: bytes) -> None:
    assert plain_target(given) is None

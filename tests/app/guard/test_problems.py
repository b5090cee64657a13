"""A refusal is a whole answer, and the problem in it is as every other."""

from __future__ import annotations

import json

import pytest

from app.guard.problems import answer, parts
from generated.errors import HeadTooLarge, Malformed, RequestTimeout, Unavailable


def test_a_whole_answer_says_how_long_it_is_and_that_it_is_the_last() -> None:
    data = answer(HeadTooLarge(), "abc", server_fields=[(b"date", b"now")])
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0].startswith("HTTP/1.1 431 ")
    assert {"date: now", "connection: close", f"content-length: {len(body)}", "x-correlation-id: abc"} <= set(lines)
    problem = json.loads(body)
    assert (problem["code"], problem["status"], problem["trace_id"]) == ("head_too_large", 431, "abc")


def test_a_head_has_no_body_and_a_kept_connection_is_not_closed() -> None:
    data = answer(Malformed(), "abc", is_last=False, is_head=True)
    assert data.endswith(b"\r\n\r\n")
    assert b"connection:" not in data


@pytest.mark.parametrize(
    ("error", "seconds"), [(RequestTimeout(), 1), (Unavailable(), 1), (Unavailable(retry_after_s=7), 7)]
)
def test_what_may_be_tried_again_says_when(error: RequestTimeout | Unavailable, seconds: int) -> None:
    fields, body = parts(error, "abc")
    assert (b"retry-after", b"%d" % seconds) in fields
    assert json.loads(body)["retry_after"] == seconds

"""Media types are read and chosen as docs/wire.md says."""

from __future__ import annotations

import pytest

from codegen.emit.documents.openapi import PROTOBUF
from proof.documents import JSON
from proof.mock.media import answer_type, body_type, fits, offers
from proof.mock.refusal import Refusal
from tests.codegen.contracts import shipped

BOTH = (JSON, *PROTOBUF)


@pytest.mark.parametrize(
    ("accept", "sent", "chosen"),
    [
        (None, "", JSON),
        ("", "application/protobuf", "application/protobuf"),
        ("*/*", "application/protobuf", "application/protobuf"),
        ("application/x-protobuf", "", "application/x-protobuf"),
        ("application/json;q=0.1, application/protobuf", "", "application/protobuf"),
        ("application/protobuf, application/json", "", "application/protobuf"),
        ("application/json;q=x, application/protobuf;q=0.2", "", "application/protobuf"),
        ("application/*;q=0.5, application/json;q=0", "", "application/x-protobuf"),
    ],
)
def test_the_answer_has_the_type_of_the_greatest_weight(accept: str | None, sent: str, chosen: str) -> None:
    assert answer_type({} if accept is None else {"accept": accept}, sent, BOTH) == chosen


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0, text/*", "*/*;q=0"])
def test_where_nothing_is_left_the_answer_is_406(accept: str) -> None:
    with pytest.raises(Refusal, match="not_acceptable"):
        answer_type({"accept": accept}, "", (JSON,))


def test_case_and_parameters_of_a_body_do_not_count() -> None:
    assert body_type({"content-type": "Application/JSON; charset=utf-8"}, BOTH) == JSON


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({}, "Accept"),
        ({"content-type": "text/plain"}, "Accept"),
        ({"content-type": JSON, "content-encoding": "gzip"}, "Accept-Encoding"),
    ],
)
def test_another_body_is_415_and_says_what_would_do(headers: dict[str, str], hint: str) -> None:
    with pytest.raises(Refusal, match="unsupported_media_type") as refused:
        body_type(headers, BOTH)
    assert hint in refused.value.headers


def test_a_range_takes_types_and_no_type_takes_nothing() -> None:
    assert fits("image/png", "image/*")
    assert fits("image/png", "*/*")
    assert not fits("text/plain", "image/*")
    assert not fits("", "*/*")
    assert not fits("*/*", "*/*")


def test_protobuf_is_offered_where_there_are_messages() -> None:
    operations = {one.name: one for one in shipped().operations}
    assert offers(operations["get_artist"]) == BOTH

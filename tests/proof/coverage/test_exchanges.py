"""A request and its answer pass as they are, and become facts when the answer is whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from proof.coverage.exchanges import MAX_BODY, Exchange, Message
from proof.coverage.facts import Fact, Notebook, read
from proof.coverage.goals import scope
from proof.coverage.requests import Routes
from proof.coverage.writer import Writer
from proof.protobuf import Protobuf, compiled
from tests.codegen.contracts import SHIPPED

SCOPE = scope(compiled(SHIPPED))
ROUTES = Routes(SCOPE.contract, Protobuf(SCOPE.contract))


async def exchanged(
    folder: Path, asked: list[bytes], told: list[bytes], *, status: int = 200, **scope_of: Any
) -> tuple[frozenset[Fact], list[Message]]:
    """The facts, and what came out at the other end."""
    given = {"method": "POST", "path": "/api/artists", "query_string": b"", "headers": []} | scope_of
    exchange = Exchange(given, ROUTES, Writer(SCOPE, Notebook(folder / "facts")))
    waiting = [{"type": "http.request", "body": part} for part in asked]
    passed: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        passed.append(message)

    received = exchange.receiving(receive)
    for part in asked:
        assert (await received())["body"] == part
    sent = exchange.sending(send)
    await sent({"type": "http.response.start", "status": status, "headers": []})
    for number, part in enumerate(told):
        await sent({"type": "http.response.body", "body": part, "more_body": number < len(told) - 1})
    return read(folder / "facts"), passed


async def test_parts_make_one_request_and_pass_as_they_are(tmp_path: Path) -> None:
    facts, passed = await exchanged(tmp_path, [b'{"na', b'me": "Ann"}'], [b'{"id"', b": 1}"], status=201)
    assert {("answer", "create_artist", "REST-json", "ok"), ("status", "create_artist", "201")} <= facts
    assert ("keyword", "create_artist", "/name", "minLength", "kept") in facts
    assert [one.get("body") for one in passed] == [None, b'{"id"', b": 1}"]


@pytest.mark.parametrize(
    ("headers", "door"),
    [
        ([(b"accept", b"application/x-protobuf")], "REST-protobuf"),
        ([(b"content-type", b"application/x-protobuf")], "REST-protobuf"),
        ([(b"accept", b"application/json"), (b"content-type", b"application/x-protobuf")], "REST-json"),
        ([], "REST-json"),
    ],
)
async def test_the_door_is_the_form_that_is_asked_for(
    tmp_path: Path, headers: list[tuple[bytes, bytes]], door: str
) -> None:
    facts, _ = await exchanged(
        tmp_path, [b""], [json.dumps({"code": "malformed"}).encode()], status=400, headers=headers
    )
    assert ("answer", "create_artist", door, "malformed") in facts


@pytest.mark.parametrize(("path", "told"), [("/nothing", b"{}"), ("/api/artists", b"no problem")])
async def test_what_is_none_of_the_contract_is_no_fact(tmp_path: Path, path: str, told: bytes) -> None:
    facts, passed = await exchanged(tmp_path, [b"{}"], [told], status=404, path=path)
    assert facts == frozenset()
    assert len(passed) == 2


async def test_a_long_body_passes_and_is_not_kept(tmp_path: Path) -> None:
    facts, _ = await exchanged(tmp_path, [b"x" * MAX_BODY, b"y"], [b"{}"], status=201)
    assert {fact[0] for fact in facts} == {"answer", "status"}

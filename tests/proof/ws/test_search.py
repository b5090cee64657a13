"""The search finds a fault of a scripted server, says it once with a small session that shows it again, and ends in its time."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace

import pytest
from websockets.asyncio.server import ServerConnection

from proof.documents import Json
from proof.ws.plans import plans
from proof.ws.search import Report, Search
from proof.ws.session import Send, from_json, to_json
from tests.proof.ws.foreign import Answer, Handler, answering, headed, serving, sound
from tests.proof.ws.things import shelf

SECONDS = 20.0
ENOUGH = 1


def searched(
    handle: Handler, *, findings: int = ENOUGH, seconds: float = SECONDS, seed: int = 1, ignore: str = ""
) -> Report:
    with serving(handle) as url:
        scene, player = shelf(url, headed())
        search = Search(scene, player, base_seed=seed, ignore=frozenset(ignore.split()))
        return search.run([one for one in plans(scene) if one.name.startswith("payloads")], seconds, findings)


def doubling() -> Answer:
    """A book of more than 99 pages is answered twice."""
    inner = sound()

    async def answer(connection: ServerConnection, frame: Json) -> None:
        await inner(connection, frame)
        data = frame.get("data")
        pages = data.get("pages") if isinstance(data, dict) else None
        if isinstance(pages, int) and pages > 99 and frame.get("kind") == "add":
            await inner(connection, frame)

    return answer


def test_a_fault_is_found_said_once_and_shrunk() -> None:
    report = searched(answering(doubling()), findings=9, seconds=6)
    (found,) = report.found
    assert found.finding.name == ("one-reply", "add_book", "")
    assert found.shows == 3
    sends = [step for step in found.session.steps if isinstance(step, Send)]
    assert len(sends) == 1, found.session
    assert sends[0].frame["data"]["pages"] == 100, "the least that shows it"
    assert len(found.transcript.calls) == 1


def test_what_was_found_shows_again_when_it_is_played_from_its_file() -> None:
    report = searched(answering(doubling()))
    again = from_json(to_json(report.found[0].session))
    assert again == report.found[0].session
    with serving(answering(doubling())) as url:
        scene, player = shelf(url, headed())
        search = Search(scene, player, base_seed=0)
        _, findings = search.play(again)
    assert [one.check for one in findings] == ["one-reply"]


def test_a_sound_server_has_no_finding_and_the_time_is_kept() -> None:
    began = time.monotonic()
    report = searched(answering(sound()), seconds=3)
    assert report.found == []
    assert report.sessions > 10
    assert time.monotonic() - began < 10
    assert {operation for operation, _, _ in report.calls} == {"add_book", "count_books"}


def test_what_is_ignored_is_counted_and_not_said() -> None:
    report = searched(answering(doubling()), seconds=3, ignore="one-reply:add_book")
    assert report.found == []
    assert report.ignored["one-reply"] > 0


def test_the_same_seed_sends_the_same() -> None:
    def heard(seed: int) -> list[Json]:
        frames: list[Json] = []
        inner = sound()

        async def answer(connection: ServerConnection, frame: Json) -> None:
            frames.append(
                {name: one for name, one in frame.items() if name != "id"}
            )  # An id that is due twice is made.
            await inner(connection, frame)

        searched(answering(answer), seconds=2, seed=seed)
        return frames

    first, second, other = heard(5), heard(5), heard(6)
    common = min(len(first), len(second), 100)
    assert common > 20
    assert first[:common] == second[:common]
    assert first[:20] != other[:20]


def test_a_fault_that_shows_now_and_then_is_said_with_how_often() -> None:
    inner, count = sound(), [0]

    async def answer(connection: ServerConnection, frame: Json) -> None:
        count[0] += 1
        await inner(connection, frame)
        if count[0] % 7 == 0:
            await inner(connection, frame)

    report = searched(answering(answer))
    assert len(report.found) == 1
    assert report.found[0].shows <= 3
    assert report.found[0].transcript.calls


@pytest.mark.parametrize(
    "wrong",
    [
        "dropped",
        "of another shape",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("of another id", "no json")),
    ],
)
def test_faults_of_each_kind_are_found(wrong: str) -> None:
    """Where a count is asked, the reply is wrong."""
    inner = sound()
    kinds: dict[str, str] = {
        "of another id": json.dumps({"id": "another", "kind": "counted", "data": {"count": 0}}),
        "no json": "no json",
    }

    async def answer(connection: ServerConnection, frame: Json) -> None:
        if frame.get("kind") != "count":
            await inner(connection, frame)
        elif wrong == "of another shape":
            await connection.send(json.dumps({"id": frame.get("id"), "kind": "counted", "data": {"count": -1}}))
        elif wrong != "dropped":
            await connection.send(kinds[wrong])
        await asyncio.sleep(0)

    with serving(answering(answer)) as url:
        scene, player = shelf(url, headed())
        quick = tuple(replace(one, timeout_s=0.2) for one in scene.socket.operations)
        socket = replace(scene.socket, operations=quick)
        scene = replace(scene, socket=socket)
        player = type(player)(url, socket, {"anonymous": player.caller("anonymous")}, scene.codecs)
        search = Search(scene, player, base_seed=1)
        report = search.run([one for one in plans(scene) if one.name == "payloads:count_books"], 10, 1)
    expected = {"of another shape": {"reply-schema"}, "no json": {"declared-message", "one-reply"}}
    assert {one.finding.check for one in report.found} <= expected.get(wrong, {"one-reply"})
    assert report.found

"""Recorded traffic of a service that is not ours plays again, and what stands in the way is said in one sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

from proof.documents import Json
from proof.traffic.lines import Begin, Exchange, written
from proof.traffic.replay import main
from tests.proof.http import things
from tests.proof.traffic.recording import recording
from tests.proof.ws.foreign import answering, bare, headed, serving, sound


def written_to(folder: Path, *lines: Any) -> str:
    file = folder / "traffic"
    file.write_text("".join(f"{written(one)}\n" for one in lines))
    return str(file)


async def use_things(url: str) -> None:
    """Makes, finds and misses a thing."""
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        headers = {"Authorization": f"Bearer {things.TOKEN}"}
        for name in ("abc", "x", "a" * 13, "abc"):
            await client.post("/things", json={"name": name}, headers=headers)
        for name in ("abc", "zzz", "ABC"):
            await client.get(f"/things/{name}", headers=headers)
        await client.get("/things/abc")


@pytest.mark.parametrize(
    "bug", [things.Bug.NONE, things.Bug.LAX, things.Bug.STRICT, things.Bug.SHAPE, things.Bug.OPEN], ids=str
)
def test_a_foreign_service_is_told_from_one_with_a_bug(
    bug: things.Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THING_TOKEN", things.TOKEN)
    file = tmp_path / "traffic"
    with things.serving() as service, recording(service, file) as url:
        asyncio.run(use_things(url))
    with things.serving(bug) as service:
        ended = main(["--url", service, "--token", "caller-1=THING_TOKEN", str(file)])
    told = capsys.readouterr()
    assert things.TOKEN not in file.read_text()
    assert ended == (0 if bug is things.Bug.NONE else 1), told.out + told.err


def forgetful() -> Callable[[ServerConnection, Json], Any]:
    """Counts nothing."""
    answer = sound()

    async def count(connection: ServerConnection, frame: Json) -> None:
        if frame.get("kind") == "count":
            await connection.send(json.dumps({"id": frame["id"], "kind": "counted", "data": {"count": 0}}))
        else:
            await answer(connection, frame)

    return count


async def use_shelf(url: str) -> None:
    async with connect(f"ws{url.removeprefix('http')}/shelf", proxy=None) as socket:
        for number, frame in enumerate(FRAMES):
            await socket.send(json.dumps({"id": f"call {number}", **frame}))
            await socket.recv()


FRAMES: Sequence[Json] = (
    {"kind": "count", "data": {}},
    {"kind": "add", "data": {"title": "A book", "pages": 5}},
    {"kind": "add", "data": {"title": "", "pages": 5}},
    {"kind": "count", "data": {}},
)


@pytest.mark.parametrize(("answer", "ended"), [(sound, 0), (forgetful, 1)])
def test_a_foreign_socket_plays_again(
    answer: Callable[[], Any], ended: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, file = tmp_path / "shelf.json", tmp_path / "traffic"
    document.write_text(json.dumps(headed()))
    with serving(answering(sound())) as service, recording(http(service), file, "--asyncapi", str(document)) as url:
        asyncio.run(use_shelf(url))
    with serving(answering(answer())) as service:
        found = main(["--url", http(service), "--asyncapi", str(document), str(file)])
    told = capsys.readouterr()
    assert found == ended, told.out + told.err
    assert "count_books" in told.out


async def say(url: str) -> None:
    async with connect(f"ws{url.removeprefix('http')}/shelf", proxy=None) as socket:
        await socket.send(json.dumps({"meta": {"id": 5}, "word": "w"}))
        await socket.recv()


def test_an_id_that_is_a_number_deep_in_a_frame_finds_its_reply(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def tell(connection: ServerConnection, frame: Json) -> None:
        await connection.send(json.dumps({"re": frame["meta"]["id"]}))

    document, file = tmp_path / "shelf.json", tmp_path / "traffic"
    document.write_text(json.dumps(bare()))
    with serving(answering(tell)) as service:
        with recording(http(service), file, "--asyncapi", str(document)) as url:
            asyncio.run(say(url))
        assert main(["--url", http(service), "--asyncapi", str(document), str(file)]) == 0, capsys.readouterr().out


def http(url: str) -> str:
    return url.replace("ws://", "http://")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--url", "http://127.0.0.1:1"], "does the service run"),
        (["--url", "nowhere"], "expected http://host:port"),
        (["--ignore", "nothing"], "there is no such check"),
        (["--specs", "no/such/folder"], "there is no such folder"),
    ],
)
def test_what_is_missing_is_said(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, written_to(tmp_path, Begin("a", "b"))]) == 2
    assert said in capsys.readouterr().err


def test_a_recording_of_nothing_proves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with things.serving() as service:
        assert main(["--url", service, written_to(tmp_path, Begin("a", "b"))]) == 2
        assert main(["--url", service, str(tmp_path / "missing")]) == 2
        assert "missing" in capsys.readouterr().err
        assert main(["--url", service, written_to(tmp_path, Exchange(0.0, 0.1, "GET", "/"))]) == 2


@pytest.mark.parametrize("pace", ["-1", "nan", "inf", "x"])
def test_a_pace_is_a_number(pace: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main([f"--pace={pace}", written_to(tmp_path)])

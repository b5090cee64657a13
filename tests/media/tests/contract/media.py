"""Run in a project that takes and answers bytes, against its real service: `python -m tests.contract.media …`.

Arguments: a folder, the URLs of PostgreSQL and of Redis. What is claimed of `docs/wire.md`, "Bytes", is held here.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx2
from playwright.async_api import FilePayload, expect

from generated.client import AsyncClient, Client, FileContent, errors, models
from tests.console.visits import CHROMIUM, visit
from tests.faults.raw import Peer
from tests.missing import missing
from tests.node import NODE
from tests.running_service import RunningService

PNG = b"\x89PNG\r\n\x1a\n" + os.urandom(300_000)
PORTRAIT = "/api/artists/1/portrait"
MIB = 1 << 20
Made = TypeVar("Made", AsyncClient, Client)


class Scene:
    """One service, and a client for each who calls."""

    def __init__(self, service: RunningService, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self.service = service
        self.client = client
        self.headers = headers

    async def put(self, content: Any, media_type: str = "image/png", **headers: str) -> httpx2.Response:
        told = (
            self.headers
            | {"content-type": media_type}
            | {name.replace("_", "-"): text for name, text in headers.items()}
        )
        return await self.client.put(PORTRAIT, content=content, headers=told)

    async def get(self, path: str = PORTRAIT, **headers: str) -> httpx2.Response:
        told = {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.client.get(path, headers=self.headers | told)

    async def form(self, parts: list[tuple[str, Any]]) -> httpx2.Response:
        return await self.client.post("/api/albums", files=parts, headers=self.headers)


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def chunks(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def a_body_is_bytes(scene: Scene) -> None:
    digest = hashlib.sha256(PNG).hexdigest()
    expected = {"length": len(PNG), "media_type": "image/png", "filename": None, "sha256": digest}
    whole = await scene.put(PNG)
    assert (whole.status_code, whole.json()) == (200, expected)
    chunked = await scene.put(chunks(PNG), media_type="IMAGE/PNG; q=1")
    assert (chunked.status_code, chunked.json()) == (200, expected)
    empty = await scene.put(b"")
    assert empty.json()["length"] == 0
    assert (await scene.get()).content == b""
    await scene.put(PNG)


async def what_does_not_fit_is_refused(scene: Scene) -> None:
    wrong = await scene.put(PNG, media_type="text/html")
    assert code(wrong) == (415, "unsupported_media_type")
    assert wrong.headers["accept"] == "image/png, image/jpeg"
    assert code(await scene.put(PNG, content_encoding="gzip")) == (415, "unsupported_media_type")
    assert code(await scene.put(b"x" * (8 * MIB + 1))) == (413, "too_large")
    endless = await scene.put(chunks(b"x" * (9 * MIB), 65_536))
    assert code(endless) == (413, "too_large")
    unknown = await scene.client.put(
        "/api/artists/99/portrait", content=PNG, headers=scene.headers | {"content-type": "image/png"}
    )
    assert code(unknown) == (404, "artist_not_found")
    anonymous = await scene.client.put(PORTRAIT, content=PNG, headers={"content-type": "image/png"})
    assert code(anonymous) == (401, "unauthenticated")
    page = await scene.put(PNG, idempotency_key="one key")
    assert code(page) == (400, "malformed")


async def a_key_is_of_what_was_sent(scene: Scene) -> None:
    """The same bytes again are the same call; other bytes are another."""
    first = await scene.put(PNG, idempotency_key="k1")
    again = await scene.put(PNG, idempotency_key="k1")
    assert (first.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert code(await scene.put(PNG[:-1], idempotency_key="k1")) == (422, "idempotency_key_reused")


async def an_answer_is_bytes(scene: Scene) -> None:
    whole = await scene.get()
    assert (whole.status_code, whole.content) == (200, PNG)
    tag = f'"{hashlib.sha256(PNG).hexdigest()}"'
    assert whole.headers["content-type"] == "image/png"
    assert whole.headers["content-length"] == str(len(PNG))
    assert (whole.headers["etag"], whole.headers["accept-ranges"]) == (tag, "bytes")
    assert (
        whole.headers["content-disposition"]
        == "attachment; filename=\"Portr_t.png\"; filename*=UTF-8''Portr%C3%A4t.png"
    )
    assert (whole.headers["x-content-type-options"], whole.headers["cache-control"]) == ("nosniff", "no-store")
    assert "ratelimit" in whole.headers
    assert (await scene.get(if_none_match=tag)).status_code == 304
    head = await scene.client.head(PORTRAIT, headers=scene.headers)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(PNG)))
    assert code(await scene.get(accept="application/json")) == (406, "not_acceptable")
    assert (await scene.get(accept="image/*;q=0.5, text/html")).status_code == 200


async def parts_are_answered(scene: Scene) -> None:
    size, tag = len(PNG), f'"{hashlib.sha256(PNG).hexdigest()}"'
    for asked, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=10-99999", 10, 100_000),
        ("bytes=65530-65545", 65_530, 65_546),
        (f"bytes={size - 5}-", size - 5, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=-{size * 2}", 0, size),
        (f"bytes=5-{size * 2}", 5, size),
    ):
        part = await scene.get(range=asked)
        assert (part.status_code, part.content == PNG[start:stop]) == (206, True), asked
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
    for ignored in ("bytes=5-4", "bytes=0-1,3-4", "lines=0-1", "bytes=-", "bytes=a-b"):
        assert (await scene.get(range=ignored)).status_code == 200, ignored
    for beyond in (f"bytes={size}-", "bytes=-0"):
        refused = await scene.get(range=beyond)
        assert code(refused) == (416, "range_not_satisfiable")
        assert refused.headers["content-range"] == f"bytes */{size}"
    assert (await scene.get(range="bytes=0-0", if_range=tag)).status_code == 206
    assert (await scene.get(range="bytes=0-0", if_range='"other"')).status_code == 200
    assert (await scene.get(range="bytes=0-0", if_range=f"W/{tag}")).status_code == 200


async def a_form_has_fields_and_files(scene: Scene) -> None:
    parts = [
        ("title", (None, "Nocturnes")),
        ("tracks", ("../../one.flac", b"1" * 200_000, "audio/flac")),
        ("year", (None, "1957")),
        ("genres", (None, "slow")),
        ("genres", (None, "quiet")),
        ("details", (None, '{"label": "Blue"}', "application/json")),
        ("cover", ("C:\\pictures\\cover.png", PNG, "image/png")),
        ("tracks", ("two.flac", b"", "audio/flac")),
    ]
    made = await scene.form(parts)
    assert made.status_code == 201, made.text
    album = made.json()
    assert (album["title"], album["year"], album["genres"]) == ("Nocturnes", 1957, ["slow", "quiet"])
    assert album["details"] == {"label": "Blue"}
    assert album["cover"] == {
        "length": len(PNG), "media_type": "image/png", "filename": "cover.png", "sha256": hashlib.sha256(PNG).hexdigest(),
    }  # fmt: skip
    assert [(one["length"], one["filename"]) for one in album["tracks"]] == [(200_000, "one.flac"), (0, "two.flac")]


async def forms_that_do_not_fit_are_refused(scene: Scene) -> None:
    title, cover = ("title", (None, "T")), ("cover", ("c.png", b"c", "image/png"))
    track = ("tracks", ("t", b"t", "audio/flac"))
    cases: dict[str, tuple[list[Any], tuple[int, str], str]] = {
        "missing": ([title], (422, "invalid_data"), "/cover"),
        "twice": ([title, title, cover], (422, "invalid_data"), "/title"),
        "file twice": ([title, cover, cover], (422, "invalid_data"), "/cover"),
        "unknown": ([title, cover, ("else", (None, "x"))], (422, "invalid_data"), "/else"),
        "type": ([title, ("cover", ("c", b"c", "text/html"))], (422, "invalid_data"), "/cover"),
        "text": ([("title", (None, "")), cover], (422, "invalid_data"), "/title"),
        "number": ([title, cover, ("year", (None, "1e3"))], (422, "invalid_data"), "/year"),
        "record": ([title, cover, ("details", (None, "{}"))], (422, "invalid_data"), "/details/label"),
        "no JSON": ([title, cover, ("details", (None, "{"))], (422, "invalid_data"), "/details"),
        "count": ([title, cover, *[track] * 4], (422, "invalid_data"), "/tracks"),
        "large file": ([title, ("cover", ("c.png", b"c" * (MIB + 1), "image/png"))], (413, "too_large"), ""),
        "large text": ([("title", (None, "t" * (MIB + 1))), cover], (413, "too_large"), ""),
        "many": ([title, cover, *[("genres", (None, "g"))] * 250], (400, "malformed"), ""),
        "no UTF-8": ([("title", (None, b"\xff")), cover], (400, "malformed"), ""),
    }
    for name, (parts, refusal, pointer) in cases.items():
        answer = await scene.form(parts)
        assert code(answer) == refusal, (name, answer.text)
        assert not pointer or pointer in [one["pointer"] for one in answer.json()["errors"]], (name, answer.text)
    for media, body in (
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nT\r\n'),
        ("multipart/form-data; boundary=b", b"nonsense"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nT\r\n--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 300, b"--b--"),
    ):
        headers = scene.headers | {"content-type": media}
        answer = await scene.client.post("/api/albums", content=body, headers=headers)
        assert code(answer) == (400, "malformed"), (media, body)
    plain = await scene.client.post("/api/albums", json={"title": "T"}, headers=scene.headers)
    assert code(plain) == (415, "unsupported_media_type")


async def a_stream_of_unknown_length_ends_or_is_cut(scene: Scene) -> None:
    lines = await scene.get("/api/tail?lines=5000")
    assert (lines.status_code, lines.text.count("\n")) == (200, 5000)
    assert "content-length" not in lines.headers
    assert "accept-ranges" not in lines.headers
    assert (await scene.get("/api/tail?lines=5000", range="bytes=0-0")).status_code == 200
    assert code(await scene.get("/api/tail?lines=1&fault=first_chunk")) == (500, "internal")
    for fault in ("later", "too_long"):
        try:
            cut = await scene.get(f"/api/tail?lines=10&fault={fault}")
        except httpx2.TransportError:
            continue
        raise AssertionError(f"{fault} looked whole: {cut.status_code}")


async def a_caller_who_goes_leaves_nothing(scene: Scene) -> None:
    """Neither while sending nor while reading; what they held is there for others: the room here is 40 MiB, 10 for one caller."""

    async def stop_in_the_middle() -> AsyncIterator[bytes]:
        yield b"x" * (2 * MIB)
        raise ConnectionAbortedError

    for _ in range(12):
        with suppress(ConnectionAbortedError, httpx2.TransportError):
            await scene.put(stop_in_the_middle())
    whole = await until_there_is_room(scene, b"y" * (8 * MIB))
    assert whole.status_code == 200, whole.text
    for _ in range(12):
        async with scene.client.stream("GET", PORTRAIT, headers=scene.headers) as answer:
            assert answer.status_code == 200
            async for _ in answer.aiter_bytes(65_536):
                break
    assert (await scene.get()).content == b"y" * (8 * MIB)


async def until_there_is_room(scene: Scene, data: bytes) -> httpx2.Response:
    """That a caller is gone is heard a little later; what was not given back would be missing for good."""
    answer = await scene.put(data, media_type="image/jpeg")
    for _ in range(50):
        if answer.status_code != 503:
            break
        await asyncio.sleep(0.1)
        answer = await scene.put(data, media_type="image/jpeg")
    return answer


async def one_caller_has_his_share_of_the_room(scene: Scene) -> None:
    """A body of 8 MiB waits for its last byte, then one of 3 MiB is more than 10: it is told to come later."""
    is_sent, may_end = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"x" * (8 * MIB - 1)
        is_sent.set()
        await may_end.wait()
        yield b"x"

    first = asyncio.create_task(scene.put(slowly()))
    await is_sent.wait()
    await asyncio.sleep(3)  # What is on its way arrives, also where others use the machine.
    second = await scene.put(b"z" * (3 * MIB))
    may_end.set()
    assert (second.status_code, second.json().get("retry_after")) == (503, 5), second.text
    assert (await first).status_code == 200
    assert (await until_there_is_room(scene, PNG)).status_code == 200


async def slow_senders_keep_nobody_out(scene: Scene) -> None:
    """D22: one user begins a thousand bodies and sends no more of them: a quarter of what may be on its way is his, the rest is refused,
    and whatever he does others are answered, for whom the node has all its places."""
    head = f"PUT {PORTRAIT} HTTP/1.1\r\nHost: x\r\nAuthorization: {scene.headers['authorization']}\r\nContent-Type: image/png\r\n"
    begun = (head + f"Content-Length: {4 * MIB}\r\n\r\n").encode() + b"x" * 1000
    async with AsyncExitStack() as stack:
        senders = [
            await stack.enter_async_context(Peer(*await asyncio.open_connection("127.0.0.1", scene.service.port)))
            for _ in range(1100)
        ]
        for one in senders:
            one.send(begun)
        await asyncio.sleep(2)
        reader = {"authorization": f"Bearer {await scene.service.token('reader')}"}
        answers = [await scene.client.get("/api/artists/1", headers=reader) for _ in range(20)]
        assert [one.status_code for one in answers] == [200] * 20
        assert (await scene.put(PNG)).status_code == 503, "he has his share"
    assert (await until_there_is_room(scene, PNG)).status_code == 200


async def memory_does_not_grow_with_a_body(scene: Scene) -> None:
    """Forms of 9 MiB, eight times: the process does not hold them."""
    before = resident_mib(scene.service)
    big = b"t" * (4 * MIB)
    for _ in range(8):
        parts = [("title", (None, "T")), ("cover", ("c", b"c" * MIB, "image/png"))]
        made = await scene.form([*parts, *[("tracks", ("t", big, "audio/flac"))] * 2])
        assert made.status_code == 201
    assert resident_mib(scene.service) - before < 10


def resident_mib(service: RunningService) -> float:
    assert service.process.pid is not None
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


async def the_client_sends_and_takes_streams(scene: Scene) -> None:
    """From bytes, a path, an open file and chunks; a form; whole, in chunks and into a file."""
    async with client_of(scene, AsyncClient) as client, scratch() as folder:
        path = folder / "picture.png"
        path.write_bytes(PNG)
        sources: list[Any] = [
            PNG,
            path,
            io.BytesIO(PNG),
            [PNG[:5], PNG[5:]],
            chunks(PNG),
            FileContent(path, "x.png", "image/jpeg"),
        ]
        for source in sources:
            stored = await client.media.put_portrait(
                artist_id=1,
                content=FileContent(source, media_type="image/png") if not isinstance(source, FileContent) else source,
            )
            assert (stored.length, stored.sha256) == (len(PNG), hashlib.sha256(PNG).hexdigest())
        assert stored.media_type == "image/jpeg"
        async with await client.media.get_portrait(artist_id=1) as download:
            assert (download.media_type, download.length, download.filename) == ("image/jpeg", len(PNG), "Porträt.png")
            assert await download.read() == PNG
        async with await client.media.get_portrait(artist_id=1) as download:
            saved = await download.save(folder / "saved.png")
        assert saved.read_bytes() == PNG
        async with await client.media.get_tail(lines=3) as tail:
            assert [chunk async for chunk in tail] != []
        album = await client.media.create_album(
            title='A "title"', year=1957, genres=["slow", "quiet"], details=models.AlbumDetails(label="Blue"),
            cover=FileContent(PNG, 'c"1.png', "image/png"), tracks=[b"1" * 70_000, FileContent(chunks(b"22"), "two")],
        )  # fmt: skip
        assert (album.title, album.year, album.genres) == ('A "title"', 1957, ["slow", "quiet"])
        assert (album.details or models.AlbumDetails(label="")).label == "Blue"
        assert (album.cover.length, [one.length for one in album.tracks]) == (len(PNG), [70_000, 2])


async def the_client_says_what_failed(scene: Scene) -> None:
    """Typed, before and in the middle; a file is there only when it is whole."""
    async with client_of(scene, AsyncClient) as client, scratch() as folder:
        with suppress(errors.ArtistNotFound):
            await client.media.put_portrait(artist_id=99, content=FileContent(PNG, media_type="image/png"))
            raise AssertionError("there is no such artist")
        with suppress(errors.UnsupportedMediaType):
            await client.media.put_portrait(artist_id=1, content=FileContent(PNG, media_type="text/html"))
            raise AssertionError("HTML was taken")
        with suppress(errors.TooLarge):
            await client.media.put_portrait(artist_id=1, content=FileContent(b"x" * (9 * MIB), media_type="image/png"))
            raise AssertionError("9 MiB were taken")
        download = await client.media.get_tail(lines=50_000, fault="later")
        with suppress(errors.ConnectionLost):
            await download.save(folder / "half")
            raise AssertionError("half looked whole")
        assert list(folder.iterdir()) == []
        download = await client.media.get_portrait(artist_id=1)
        with suppress(errors.InvalidResponse):
            await download.read(10)
            raise AssertionError("more than was allowed was held")
        await download.close()


async def the_blocking_client_does_the_same(scene: Scene) -> None:
    def calls() -> None:
        with client_of(scene, Client) as client, client.media.get_portrait(artist_id=1) as before:
            data = before.read()
            stored = client.media.put_portrait(artist_id=1, content=FileContent(iter([data]), media_type="image/png"))
            assert stored.sha256 == hashlib.sha256(data).hexdigest()
            with client.media.get_portrait(artist_id=1) as download:
                assert b"".join(download) == data

    await asyncio.to_thread(calls)


async def the_typescript_client_does_the_same(scene: Scene) -> None:
    """`tests/contract/media.ts`, which Node reads as it is."""
    script = Path(__file__).with_suffix(".ts")
    process = await asyncio.create_subprocess_exec(str(NODE), "--no-warnings", str(script), scene.service.url)
    assert await asyncio.wait_for(process.wait(), 60) == 0


async def a_person_sends_files_and_takes_one(scene: Scene) -> None:
    """In the console: a form of texts and files, a body that is a file, an answer that is one; each as it was chosen from the disk."""
    if CHROMIUM is None:
        missing("no Chromium")
    picture = FilePayload(name="Porträt.png", mimeType="image/png", buffer=PNG)
    tracks = [FilePayload(name=name, mimeType="application/octet-stream", buffer=b"two") for name in ("2.bin", "3.bin")]
    async with visit(scene.service.url) as console:
        await console.open("#/operation/create_album")
        await console.log_in("admin")
        await console.page.get_by_label("title", exact=True).fill("Chosen")
        await console.send("REST · JSON")
        await expect(console.page.locator(".form-field.wrong").get_by_label("cover")).to_be_visible()
        await console.page.get_by_label("cover", exact=True).set_input_files(picture)
        await console.page.get_by_label("tracks", exact=True).set_input_files(tracks)
        await console.send("REST · JSON")
        for text in ("201", "Porträt.png", hashlib.sha256(PNG).hexdigest(), "2.bin", "3.bin"):
            await expect(console.answer).to_contain_text(text)
        await console.page.goto(f"{console.url}/#/operation/put_portrait")
        await console.page.get_by_label("artist_id", exact=True).fill("1")
        await console.page.get_by_label("content", exact=True).set_input_files(picture)
        await console.send("REST · JSON")
        await expect(console.answer).to_contain_text(hashlib.sha256(PNG).hexdigest())
        await console.page.goto(f"{console.url}/#/operation/get_portrait")
        await console.page.get_by_label("artist_id", exact=True).fill("1")
        await console.send("REST · JSON")
        async with console.page.expect_download() as saved:
            await console.answer.get_by_role("link", name=re.compile("^Save ")).click()
        assert (await (await saved.value).path()).read_bytes() == PNG
        assert console.strangers == []


def client_of(scene: Scene, kind: type[Made]) -> Made:
    return kind(scene.service.url, username="admin", password="admin", transport="http")


@asynccontextmanager
async def scratch() -> AsyncIterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


SCENES = (
    a_body_is_bytes,
    what_does_not_fit_is_refused,
    a_key_is_of_what_was_sent,
    an_answer_is_bytes,
    parts_are_answered,
    a_form_has_fields_and_files,
    forms_that_do_not_fit_are_refused,
    a_stream_of_unknown_length_ends_or_is_cut,
    a_caller_who_goes_leaves_nothing,
    one_caller_has_his_share_of_the_room,
    slow_senders_keep_nobody_out,
    memory_does_not_grow_with_a_body,
    the_client_sends_and_takes_streams,
    the_client_says_what_failed,
    the_blocking_client_does_the_same,
    the_typescript_client_does_the_same,
    a_person_sends_files_and_takes_one,
)


async def main(folder: str, database_url: str, redis_url: str) -> None:
    with RunningService(Path(folder), database_url, redis_url, UPLOAD_ROOM_MIB="40") as service:
        headers = {"authorization": f"Bearer {await service.token('admin')}"}
        async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as client:
            made = await client.post("/api/artists", json={"name": "One"}, headers=headers)
            assert made.json()["id"] == 1
            for scene in SCENES:
                began = time.monotonic()
                await scene(Scene(service, client, headers))
                print(scene.__name__, f"{time.monotonic() - began:.2f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

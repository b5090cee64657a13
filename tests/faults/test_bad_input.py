"""Text that JSON allows and nobody means, or that only looks like JSON: refused at both doors for what it is, and cheaply."""

from __future__ import annotations

import json
import uuid

import httpx2
import pytest
from websockets.asyncio.client import connect

from generated.operations import PkgId
from tests.running_service import RunningService
from tests.spent import cpu_s

OK, INVALID_DATA = 0, 2
ROUNDS = 20
MAX_CPU_S = 0.005
JSON = {"content-type": "application/json"}


def name(text: str) -> str:
    return f'{{"name": {text}}}'


def nested(depth: int) -> str:
    return name("[" * depth + "]" * depth)


TEXTS = {
    **{f"lists {depth} deep": nested(depth) for depth in (33, 5_000, 100_000)},
    **{f"objects {depth} deep": name('{"a":' * depth + "1" + "}" * depth) for depth in (33, 5_000)},
    **{
        f"the number {text}": name(text) for text in ("NaN", "Infinity", "-Infinity", "1e999", "-0", "9007199254740993")
    },
    "a number of 5,000 digits": name("9" * 5_000),
    "2^63 in a text's place": name(str(2**63)),
    "half of a pair": name(r'"\ud800"'),
    "the other half": name(r'"\udc00\ud800"'),
    "NUL": name(r'"\u0000"'),
    "a control character as it is": name('"a\x01b"'),
    "no end": '{"name": "x"',
    "something behind": name('"x"') + "x",
    "a comment": '{"name": "x" /* y */}',
    "no quotes": "{name: 'x'}",
}
BYTES = {
    "a byte order mark": b"\xef\xbb\xbf" + name('"x"').encode(),
    "UTF-16": name('"x"').encode("utf-16"),
    "UTF-32": name('"x"').encode("utf-32-be"),
    "Latin-1": name('"\xe9"').encode("latin-1"),
    "an overlong slash": b'{"name": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "nothing": b"",
    "spaces": b"  \n ",
}
BODIES = {name: text.encode() for name, text in TEXTS.items()} | BYTES


@pytest.mark.survives("I04")
async def test_what_only_looks_like_json_is_refused_over_rest_for_next_to_nothing(service: RunningService) -> None:
    """I04 (D15): depth, numbers that are none, digits without end, other encodings, halves of pairs: 400 or 422 with a problem, a
    few milliseconds of CPU each, and no traceback."""
    headers = JSON | {"authorization": f"Bearer {await service.token('editor')}"}
    async with httpx2.AsyncClient(base_url=service.url, headers=headers, trust_env=False) as client:
        for what, body in BODIES.items():
            before = cpu_s(service.process.pid)
            answers = [await client.post("/api/artists", content=body) for _ in range(ROUNDS)]
            spent = (cpu_s(service.process.pid) - before) / ROUNDS
            for answer in answers:
                assert answer.status_code in (400, 422), (what, answer.text)
                assert answer.headers["content-type"] == "application/problem+json", what
                assert answer.json()["code"] in ("malformed", "invalid_data"), what
            assert spent <= MAX_CPU_S, f"{what}: {spent * 1000:.1f} ms of CPU each"
    assert "Traceback" not in service.log()
    assert "RecursionError" not in service.log()


@pytest.mark.survives("I04")
async def test_what_only_looks_like_json_is_answered_on_a_socket_which_serves_on(service: RunningService) -> None:
    """I04 (D15): the same as the data of a frame: INVALID_DATA, and the next frame is answered."""
    headers = {"authorization": f"Bearer {await service.token('editor')}"}
    url = service.url.replace("http", "ws", 1) + "/web"
    for what, text in TEXTS.items():
        if len(text) > 60_000:
            continue
        async with connect(url, additional_headers=headers, proxy=None) as socket:
            await socket.send(f'{{"pkg_id": {PkgId.CREATE_ARTIST:d}, "req_id": "{uuid.uuid4()}", "data": {text}}}')
            reply = json.loads(await socket.recv())
            assert reply["status_code"] == INVALID_DATA, (what, reply)
            await socket.send(json.dumps({"pkg_id": PkgId.GET_ARTISTS, "req_id": str(uuid.uuid4()), "data": {}}))
            assert json.loads(await socket.recv())["status_code"] == OK, what
    assert "Traceback" not in service.log()


@pytest.mark.survives("I04")
async def test_of_two_members_with_one_name_the_stored_one_is_the_one_that_was_judged(service: RunningService) -> None:
    """I04 (D15): a name that would be refused beside one that would not, in both orders. Whatever is answered, a refused one is never
    stored, and what is answered is what is stored."""
    headers = JSON | {"authorization": f"Bearer {await service.token('editor')}"}
    good = f"Twice {uuid.uuid4().hex}"
    async with httpx2.AsyncClient(base_url=service.url, headers=headers, trust_env=False) as client:
        for names in ((good, ""), ("", good)):
            first, second = map(json.dumps, names)
            answer = await client.post("/api/artists", content=f'{{"name": {first}, "name": {second}}}')
            if answer.status_code == 201:
                stored = await client.get(f"/api/artists/{answer.json()['id']}")
                assert (answer.json()["name"], stored.json()["name"]) == (good, good)
            else:
                assert answer.json()["code"] in ("malformed", "invalid_data")


@pytest.mark.survives("I07")
async def test_pages_beyond_their_bounds_and_cursors_of_others_are_refused(service: RunningService) -> None:
    """I07 (D23): pages and sizes beyond their bounds are 422; a cursor with a bit flipped, of another user, of another filter, or that is
    none is 400 `cursor_invalid`; one that is too long is 422. None of them is 500."""
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:

        async def ask(user: str, **query: str | int) -> httpx2.Response:
            headers = {"authorization": f"Bearer {await service.token(user)}"}
            return await client.get("/api/artists/paginated", params=query, headers=headers)

        for _ in range(3):
            headers = JSON | {"authorization": f"Bearer {await service.token('editor')}"}
            created = await client.post("/api/artists", json={"name": f"Paged {uuid.uuid4().hex}"}, headers=headers)
            assert created.status_code == 201
        cursor = (await ask("editor", per_page=1)).json()["meta"]["next_cursor"]
        assert (await ask("editor", per_page=1, cursor=cursor)).status_code == 200
        for field, value in (("page", -1), ("page", 0), ("page", 2**63), ("per_page", 0), ("per_page", 1001)):
            answer = await ask("editor", **{field: value})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_data"), (field, value)
            assert [one["pointer"] for one in answer.json()["errors"]] == [f"/{field}"]
        others = [
            await ask("admin", per_page=1, cursor=cursor),
            await ask("editor", per_page=1, cursor=cursor, name="Another"),
            await ask("editor", per_page=1, cursor="none"),
            *[await ask("editor", per_page=1, cursor=flipped(cursor, place)) for place in range(0, len(cursor), 7)],
        ]
        assert {(one.status_code, one.json()["code"]) for one in others} == {(400, "cursor_invalid")}
        long = await ask("editor", per_page=1, cursor="x" * 10_000)
        assert (long.status_code, long.json()["code"]) == (422, "invalid_data")


def flipped(text: str, place: int) -> str:
    """Another letter of the same alphabet at one place: some of the bits that it stands for are others."""
    return text[:place] + ("B" if text[place] == "A" else "A") + text[place + 1 :]

"""Forms are read as they come, whatever the pieces; what the contract does not name is refused."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.http.form import MAX_PARTS, Form, boundary_of
from app.http.spool import Spool, SpooledFile
from generated.bindings import HttpBinding, HttpFile, HttpParameter
from generated.errors import ApiError, InvalidData, Malformed
from generated.http_routes import ROUTES
from generated.scalars import FROM_TEXT

PART = b'--b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'


def binding() -> HttpBinding:
    plain = ROUTES[0]
    return HttpBinding(
        operation=plain.operation, codec=plain.codec, method=plain.method, verb="POST", path="/forms", statuses=(200,),
        has_body=True, is_form=True,
        form_parameters=(
            HttpParameter("title", "title", FROM_TEXT["text"]),
            HttpParameter("counts", "counts", FROM_TEXT["int"], is_list=True),
            HttpParameter("shape", "shape", FROM_TEXT["json"]),
        ),
        files=(HttpFile("cover", 1000), HttpFile("tracks", 1000, max_count=2, is_list=True)),
    )  # fmt: skip


async def read(data: bytes, sizes: Any = None) -> dict[str, Any]:
    opened: list[SpooledFile] = []
    spool = Spool(1 << 20)

    def place(wanted: HttpFile) -> SpooledFile:
        opened.append(SpooledFile(spool, "ann", wanted.max_bytes))
        return opened[-1]

    form = Form(binding(), b"b", place)
    try:
        while data:
            size = sizes() if sizes else len(data)
            await form.feed(data[:size])
            data = data[size:]
        values = form.finish()
        for name, value in values.items():
            if name in ("cover", "tracks"):
                uploads = value if isinstance(value, list) else [value]
                values[name] = [(one.media_type, one.filename, await one.read()) for one in uploads]
        return values
    finally:
        for file in opened:
            file.close()
        assert spool.holds_nothing


def part(name: bytes, value: bytes, more: bytes = b"") -> bytes:
    return PART % (name, more, value)


WHOLE = (
    part(b"tracks", b"\r\n--", b'; filename="/a/one"\r\nContent-Type: Audio/FLAC; x=1')
    + part(b"title", "Überraschung".encode())
    + part(b"counts", b"1")
    + part(b"cover", b"")
    + part(b"counts", b"-20")
    + part(b"shape", b'{"radius": 2}')
    + part(b"tracks", b"--b", b'; filename="C:\\x\\two\x01"')
    + b"--b--\r\n"
)


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
async def test_the_pieces_do_not_matter(seed: int) -> None:
    """A boundary may be cut anywhere, and what looks like the beginning of one is data."""
    chance = random.Random(seed)
    assert await read(WHOLE, lambda: chance.choice((1, 2, 7, 60, 1000))) == {
        "tracks": [("audio/flac", "one", b"\r\n--"), ("", "two", b"--b")],
        "title": "Überraschung",
        "counts": [1, -20],
        "cover": [("", None, b"")],
        "shape": {"radius": 2},
    }


@pytest.mark.parametrize(
    ("body", "refusal", "pointer"),
    [
        (part(b"else", b"") + b"--b--\r\n", InvalidData, "/else"),
        (part(b"a/~b" * 100, b"") + b"--b--\r\n", InvalidData, None),
        (part(b"title", b"") * 2 + b"--b--\r\n", InvalidData, "/title"),
        (part(b"cover", b"") * 2 + b"--b--\r\n", InvalidData, "/cover"),
        (part(b"tracks", b"") * 3 + b"--b--\r\n", InvalidData, "/tracks"),
        (part(b"counts", b"1") * (MAX_PARTS + 1) + b"--b--\r\n", Malformed, None),
        (part(b"title", b"\xff") + b"--b--\r\n", Malformed, None),
        (part(b"title", b""), Malformed, None),
        (b"--b\r\n\r\nx\r\n--b--\r\n", Malformed, None),
        (b'--b\r\nContent-Disposition: attachment; name="title"\r\n\r\nx\r\n--b--\r\n', Malformed, None),
        (b"--c\r\n", Malformed, None),
        (b"", Malformed, None),
        (b"--b\r\n" + b"X: y\r\n" * 1000, Malformed, None),
        (b"--b\r\nX: " + b"y" * 100_000, Malformed, None),
    ],
)
async def test_what_does_not_fit_is_refused(body: bytes, refusal: type[ApiError], pointer: str | None) -> None:
    with pytest.raises(refusal) as refused:
        await read(body)
    if pointer:
        assert [one.pointer for one in refused.value.errors] == [pointer]


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
async def test_nonsense_is_a_refusal_and_no_fault(data: bytes) -> None:
    """Alone, and behind what is right."""
    for body in (data, WHOLE[:-7] + data, b"--b\r\n" + data):
        try:
            await read(body)
        except ApiError:
            continue


@pytest.mark.parametrize("text", [b"multipart/form-data", b"multipart/form-data; boundary=", b'x; boundary=""'])
def test_a_form_without_a_boundary(text: bytes) -> None:
    with pytest.raises(Malformed):
        boundary_of(text)

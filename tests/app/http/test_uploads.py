"""Bodies that are bytes or forms: refused before they are read where that can be known, and closed with their request."""

from __future__ import annotations

from typing import Any

import pytest

from app.execution.context import Abandoned, Caller, Door
from app.http.negotiation import BodyRefused
from app.http.spool import Spool
from app.http.uploads import UploadReader
from generated.bindings import HttpBinding, HttpFile
from generated.errors import Malformed, TooLarge
from generated.http_routes import ROUTES

CALLER = Caller(None, "192.0.2.1", "", Door.HTTP, None)


class Scene:
    """`allowed` is what the transport guard was told."""

    def __init__(
        self, headers: dict[bytes, bytes], *bodies: bytes, types: tuple[str, ...] = (), form: bool = False
    ) -> None:
        plain = ROUTES[0]
        binding = HttpBinding(
            operation=plain.operation, codec=plain.codec, method=plain.method, verb="PUT", path="/x", statuses=(200,),
            has_body=True, is_form=form, files=(HttpFile("content", 100, types),),
        )  # fmt: skip
        self.spool = Spool(1 << 20)
        self.allowed: list[int] = []
        self.asked = 0
        self._bodies = list(bodies)
        self.reader = UploadReader(self.spool, binding, headers, CALLER, self._receive, self.allowed.append)

    async def _receive(self) -> dict[str, Any]:
        self.asked += 1
        if not self._bodies:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self._bodies.pop(0), "more_body": bool(self._bodies)}


async def test_a_body_is_one_field() -> None:
    scene = Scene({b"content-type": b"Image/PNG"}, b"a", b"", b"bc", types=("image/*",))
    await scene.reader.read()
    upload = scene.reader.values["content"]
    assert (await upload.read(), upload.media_type, upload.filename) == (b"abc", "image/png", None)
    assert scene.allowed == [100]
    scene.reader.close()
    assert scene.spool.holds_nothing


@pytest.mark.parametrize(
    ("headers", "form", "refusal"),
    [
        ({}, False, BodyRefused),
        ({b"content-type": b"text/html"}, False, BodyRefused),
        ({b"content-type": b"image/png"}, True, BodyRefused),
        ({b"content-type": b"image/png", b"content-encoding": b"br"}, False, BodyRefused),
        ({b"content-type": b"image/png", b"content-length": b"101"}, False, TooLarge),
        ({b"content-type": b"multipart/form-data; boundary=b", b"content-length": b"99999999"}, True, TooLarge),
        ({b"content-type": b"multipart/form-data"}, True, Malformed),
    ],
)
async def test_what_can_be_known_is_refused_unread(
    headers: dict[bytes, bytes], form: bool, refusal: type[Exception]
) -> None:
    scene = Scene(headers, b"x", types=("image/png",), form=form)
    with pytest.raises(refusal):
        await scene.reader.read()
    assert scene.asked == 0


async def test_the_bytes_are_counted_and_not_believed() -> None:
    scene = Scene({b"content-type": b"image/png", b"content-length": b"1"}, b"x" * 60, b"x" * 60)
    with pytest.raises(TooLarge):
        await scene.reader.read()
    scene.reader.close()
    assert scene.spool.holds_nothing


async def test_a_caller_who_goes_leaves_nothing() -> None:
    scene = Scene({b"content-type": b"image/png"})
    with pytest.raises(Abandoned):
        await scene.reader.read()
    scene.reader.close()
    assert scene.spool.holds_nothing

"""The blocking twin of a module has the same lines without what waits, and what has no twin is named."""

from __future__ import annotations

import pytest

from codegen.emit.python_client.unasync import to_sync


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("async def f() -> None:\n    await g()\n", "def f() -> None:\n    g()\n"),
        ("async with a as b, c:\n    pass\n", "with a as b, c:\n    pass\n"),
        ("async for x in y:\n    pass\n", "for x in y:\n    pass\n"),
        ("class AsyncDoor(_AsyncBase):\n    pass\n", "class Door(_Base):\n    pass\n"),
        ("from .io_async import sleep\n", "from .io_sync import sleep\n"),
        ("x: Callable[[], Awaitable[dict[str, int]]]\n", "x: Callable[[], dict[str, int]]\n"),
        ("from collections.abc import Awaitable, Callable\n", "from collections.abc import Callable\n"),
        ("raise StopAsyncIteration\n", "raise StopIteration\n"),
        ("x = [await one for one in y]  # `await x` of AsyncDoor\n", "x = [one for one in y]  # `x` of Door\n"),
        ('"""AsyncDoor has `async with`."""\n', '"""Door has `with`."""\n'),
        ("x = f(\n    await a,  # one\n    b,\n)\n", "x = f(\n    a,  # one\n    b,\n)\n"),
        ('x = """a\nAsyncDoor\nb""" + await c\n', 'x = """a\nDoor\nb""" + c\n'),
        ("asynchronous = awaited = Asynchronous\n", "asynchronous = awaited = Asynchronous\n"),
    ],
)
def test_what_waits_is_replaced_word_by_word(before: str, after: str) -> None:
    assert to_sync(before) == after


@pytest.mark.parametrize("text", ["import asyncio\n", "x = 'an AsyncThing_'\nasyncio = 1\n", "x = Awaitable\n"])
def test_what_has_no_twin_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="has no twin"):
        to_sync(text)


def test_the_line_of_what_is_left_is_said() -> None:
    with pytest.raises(ValueError, match="line 2: 'asyncio'"):
        to_sync("x = 1\ny = asyncio.Lock()\n")

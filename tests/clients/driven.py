"""The TypeScript client in a process of its own, driven line by line (`typescript/driver.ts` is the other end)."""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import os
import re
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from generated.sdk_python.stele_client import Token, errors
from tests.node import ESBUILD, MODULES, NODE, install, judge, old_node

SOURCE = Path(__file__).parent / "typescript" / "driver.ts"
BUNDLE = MODULES / ".cache" / "driver.mjs"
"""Beside the package `ws`, which a Node without a WebSocket takes."""
HOOKS = {"retry": "retries", "connect": "connects", "disconnect": "disconnects", "resubscribe": "resubscribed",
         "missed": "missed", "warning": "warnings", "event": "events"}  # fmt: skip
ENDS_WITHIN_S = 10.0
MAX_LINE = 2**24
ALONE = ("connects", "missed", "warnings", "events")
"""Lists of what has one member."""


@dataclass(slots=True)
class Told:
    """What the hooks of a client were told."""

    retries: list[tuple[int, str]] = field(default_factory=list)
    connects: list[int] = field(default_factory=list)
    disconnects: list[tuple[int, bool]] = field(default_factory=list)
    """Close codes, and whether there will be another connection."""
    resubscribed: list[tuple[str, bool]] = field(default_factory=list)
    """Topics that are followed again, and whether nothing of them is missed for good."""
    missed: list[str] = field(default_factory=list)
    """Topics of which something is."""
    warnings: list[str] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    """Offsets that a listener was given."""


class Answer:
    """A result with the names of Python."""

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members

    def __getattr__(self, name: str) -> Any:
        return answer_of(self._members[camel(name)])


def answer_of(value: Any) -> Any:
    if isinstance(value, list):
        return [answer_of(one) for one in value]
    return Answer(value) if isinstance(value, dict) else value


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def error_of(told: dict[str, Any]) -> Exception:
    """The Python client's error of the same name; another is a mistake of the driver, or of the client."""
    kind = getattr(errors, told["name"], None)
    if kind is None:
        return AssertionError(told)
    request_id = told.get("requestId")
    error: Exception
    if issubclass(kind, errors.ApiError):
        after_ms = told.get("retryAfterMs")
        error = kind({**told, "detail": told["message"]}, request_id, after_ms / 1000 if after_ms is not None else None)
    elif kind is errors.InvalidResponse:
        error = kind(told["message"], request_id, told["pointer"])
    elif kind is errors.EventsDropped:
        error = kind(told["count"])
    else:
        error = kind(told["message"], request_id)
    cause = told.get("cause")
    if cause is not None and hasattr(errors, cause):
        error.__cause__ = error_of({"name": cause, "message": "", "pointer": "", "count": 0})
    return error


class Driven:
    """A twin, and `listen`."""

    def __init__(self, process: Process, told: Told, provider: Callable[[], Any] | None) -> None:
        self.told = told
        self._process = process
        self._provider = provider
        self._numbers = count(1)
        self._slots: dict[int, asyncio.Future[Any]] = {}
        self._errands: set[asyncio.Task[None]] = set()

    async def ask(self, name: str, /, **fields: Any) -> Any:
        feature, _, method = name.rpartition(".")
        options = {}
        if "timeout_s" in fields:
            options["timeoutMs"] = fields.pop("timeout_s") * 1000
        if "idempotency_key" in fields:
            options["idempotencyKey"] = str(fields.pop("idempotency_key"))
        given = {camel(field): value for field, value in fields.items()}
        return await self._do(call=f"{camel(feature)}.{camel(method)}", fields=given, options=options)

    def follow(self, topic: str = "", values: Sequence[Any] = ()) -> AbstractAsyncContextManager[DrivenStream]:
        """Of `artist_created`, or of a topic with parameters, by its name in `topics`."""
        return self._stream(follow="artist_created", topic=topic, values=values)

    def follow_named(self, name: str) -> AbstractAsyncContextManager[DrivenStream]:
        return self.follow("artistNamesByArtistName", [name])

    def attend(self, name: str) -> AbstractAsyncContextManager[DrivenStream]:
        return self._stream(attend=True, values=[name])

    @asynccontextmanager
    async def _stream(self, **what: Any) -> AsyncIterator[DrivenStream]:
        number = next(self._numbers)
        await self._do(stream=number, **what)
        try:
            yield DrivenStream(self._do, number)
        finally:
            await self._do(stream=number, leave=True)

    async def listen(self, fails: int) -> None:
        """`told.events` has what the listener was given; it fails at that offset."""
        await self._do(listen="artist_created", fails=fails)

    async def _do(self, **line: Any) -> Any:
        number = next(self._numbers)
        slot = self._slots[number] = asyncio.get_running_loop().create_future()
        self._say({"id": number, **line})
        try:
            return await slot
        except asyncio.CancelledError:
            self._say({"abort": number})
            raise

    def _say(self, line: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")

    async def read(self) -> None:
        """Until the process ends; who waits then is told."""
        assert self._process.stdout is not None
        try:
            async for text in self._process.stdout:
                self._act(json.loads(text))
        finally:
            for slot in self._slots.values():
                if not slot.done():
                    slot.set_exception(AssertionError("the driver has ended"))

    def _act(self, line: dict[str, Any]) -> None:
        if "ask" in line:
            task = asyncio.create_task(self._provide(line["ask"]))
            self._errands.add(task)
            task.add_done_callback(self._errands.discard)
        elif "hook" in line:
            self._note(HOOKS[line["hook"]], line["args"])
        else:
            self._settle(line)

    def _settle(self, line: dict[str, Any]) -> None:
        slot = self._slots.pop(line["id"])
        if slot.cancelled():
            return
        if "error" in line:
            slot.set_exception(error_of(line["error"]))
        else:
            slot.set_result(answer_of(line.get("result")))

    def _note(self, name: str, given: list[Any]) -> None:
        if name == "disconnects":
            given[1] = given[1] >= 0
        getattr(self.told, name).append(given[0] if name in ALONE else tuple(given[:2] if name == "retries" else given))

    async def _provide(self, number: int) -> None:
        assert self._provider is not None
        token = await asyncio.to_thread(self._provider)
        if inspect.isawaitable(token):
            token = await token
        if isinstance(token, Token):
            expires = {"expiresInMs": token.expires_in_s * 1000} if token.expires_in_s is not None else {}
            token = {"access": token.access, **expires}
        self._say({"answer": number, "token": token})


class DrivenStream:
    def __init__(self, do: Callable[..., Any], number: int) -> None:
        self._do = do
        self._number = number

    async def next(self) -> Any:
        taken = await self._do(stream=self._number, next=True)
        if taken.done:
            raise StopAsyncIteration
        return taken.value


@asynccontextmanager
async def drive(url: str | list[str], told: Told, *, is_old: bool, **options: Any) -> AsyncIterator[Driven]:
    """At the end the process must end by itself: a timer or a socket that is left would keep it."""
    node = old_node() if is_old else NODE
    provider = options.pop("token") if callable(options.get("token")) else None
    if "traceparent" in options:
        options["traceparent"] = options["traceparent"]()
    settings = {"baseUrl": url, "provides": provider is not None, **named(options)}
    process = await asyncio.create_subprocess_exec(
        str(node), str(built()), json.dumps(settings), stdin=PIPE, stdout=PIPE, limit=MAX_LINE
    )
    driven = Driven(process, told, provider)
    reading = asyncio.create_task(driven.read())
    assert process.stdin is not None
    try:
        yield driven
        process.stdin.write_eof()
        async with asyncio.timeout(ENDS_WITHIN_S):
            assert await process.wait() == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await reading
        await process.wait()
        process.stdin.close()
        with suppress(ConnectionError):
            await process.stdin.wait_closed()


def named(options: dict[str, Any]) -> dict[str, Any]:
    """The client's options as TypeScript has them."""
    given = {camel(name): value for name, value in options.items() if value is not None and not name.endswith("_s")}
    if "username" in given:
        given["credentials"] = {"username": given.pop("username"), "password": given.pop("password")}
    times = {camel(name.removesuffix("_s")): value for name, value in options.items() if name.endswith("_s")}
    return {**given, **{f"{name}Ms": value * 1000 for name, value in times.items()}}


@functools.cache
def built() -> Path:
    """The driver and the client in one file that Node 20 can read; whoever comes first has written the same."""
    node = install()
    mine = BUNDLE.with_name(f"driver.{os.getpid()}.mjs")
    flags = ("--bundle", "--platform=node", "--format=esm", "--target=node20", "--log-level=error", f"--outfile={mine}")
    verdict = judge(node, ESBUILD, SOURCE, *flags)
    assert verdict.accepted, verdict.text
    mine.replace(BUNDLE)
    return BUNDLE

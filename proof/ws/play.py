"""Plays a session against a running service, and writes down what happened.

Promises: every wait ends; whatever the service does becomes an entry of the transcript, never an exception; at the end no socket of the
session is open. A request has its operation's deadline, or that of its `meta`, and GRACE_S for the way.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from proof.documents import DocumentError, Json
from proof.protobuf import Inexpressible
from proof.values import freshened
from proof.ws.codec import Codec, Unreadable
from proof.ws.names import hearing, spelled
from proof.ws.player import Player
from proof.ws.session import NAME, SAID, Await, Control, Cut, Open, Raw, Send, Session, Settle, member
from proof.ws.transcript import Call, Entry, Transcript

GRACE_S = 1.5
"""Above a request's deadline; a service has 250 ms to say that it passed, and this machine may be slow."""
CONTROL_S = 5.0
EVENT_S = 5.0


@dataclass(slots=True)
class _Line:
    """An open socket: what is awaited on it, and the task that reads it."""

    name: str
    codec: Codec
    connection: ClientConnection
    reader: asyncio.Task[None] | None = None
    waiting: dict[str, str] = field(default_factory=dict)
    """Labels by the id that the reply repeats."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    controls: int = 0
    """Answers of control frames that are due."""
    is_over: bool = False
    is_ending: bool = False
    """The session is played: what has no reply by now has none by the service's doing, and what still comes is a reply all the same."""


async def play(player: Player, session: Session) -> Transcript:
    """Nothing is kept between sessions."""
    run = _Run(player)
    try:
        for step in session.steps:
            await run.do(step)
        await run.settle()
    finally:
        await run.end()
    return run.transcript


class _Run:
    """One session under way."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._began = time.monotonic()
        self._lines: dict[str, _Line] = {}
        self._keys: set[str] = set()
        self._names: dict[str, str] = {}
        """New texts for those that the session was drawn with."""
        self.transcript = Transcript()

    async def do(self, step: object) -> None:
        match step:
            case Open():
                await self._open(step)
            case Send():
                await self._send(step)
            case Control():
                await self._control(step)
            case Raw():
                await self._raw(step)
            case Await():
                await self._await_event(step)
            case Settle():
                await self.settle()
            case Cut() if line := self._lines.get(step.socket):
                self._note(line.name, "cut")
                line.connection.transport.abort()
                await self._lose(line)

    async def settle(self) -> None:
        """Until nothing is due any more; a pong says that what was sent before it has come."""
        for line in list(self._lines.values()):
            await self._drained(line)
        for line in list(self._lines.values()):
            if not line.is_over:
                with suppress(ConnectionClosed, TimeoutError):
                    await asyncio.wait_for(_pinged(line.connection), CONTROL_S)
        await asyncio.sleep(0)

    async def end(self) -> None:
        for line in self._lines.values():
            line.is_ending = True
            if not line.is_over:
                with suppress(ConnectionClosed, TimeoutError, OSError):
                    await asyncio.wait_for(line.connection.close(), CONTROL_S)
            if line.reader:
                line.reader.cancel()
                await asyncio.gather(line.reader, return_exceptions=True)

    def _note(self, socket: str, kind: str, frame: Json | None = None, text: str = "", code: int = 0) -> Entry:
        entry = Entry(time.monotonic() - self._began, socket, kind, frame, text, code)
        self.transcript.entries.append(entry)
        return entry

    async def _open(self, step: Open) -> None:
        self.transcript.callers[step.socket], self.transcript.encodings[step.socket] = step.caller, step.encoding
        try:
            connection = await self._player.open(step)
        except InvalidStatus as refused:
            body = refused.response.body or b""
            self._note(
                step.socket,
                "refused",
                text=f"{step.credential}: {body[:200].decode(errors='replace')}",
                code=refused.response.status_code,
            )
            return
        except (InvalidHandshake, OSError, TimeoutError) as error:
            self._note(step.socket, "refused", text=f"{step.credential}: {error or type(error).__name__}")
            return
        self._note(
            step.socket,
            "opened",
            text=f"{step.caller} by {step.credential}, {connection.subprotocol or 'no subprotocol'}",
        )
        line = _Line(step.socket, self._player.codec(step.encoding), connection)
        self._lines[step.socket] = line
        line.reader = asyncio.create_task(self._read(line))
        if step.credential in ("frame", "frame-garbage"):
            token = self._player.caller(step.caller).token() if step.credential == "frame" else "garbage"
            await self._control(
                Control(step.socket, {"type": "auth", "token": f"Bearer {token}"}, ("control-authenticated",))
            )
            await self._drained(line)

    async def _read(self, line: _Line) -> None:
        try:
            async for raw in line.connection:
                self._take(line, raw)
        except ConnectionClosed:
            pass
        finally:
            line.is_over = True
            code = line.connection.close_code or 1006
            self._note(line.name, "closed", text=line.connection.close_reason or "", code=code)
            self._lost(line)
            line.changed.set()

    def _take(self, line: _Line, raw: str | bytes) -> None:
        try:
            frame = line.codec.read(raw)
        except Unreadable as error:
            self._note(line.name, "unreadable", text=f"{error}: {raw[:80]!r}")
            return
        entry = self._note(line.name, "came", frame)
        key = str(frame.get("req_id", ""))
        label = line.waiting.get(key) or self._by_pointer(line, frame)
        if label is not None:
            self.transcript.calls[label].replies.append(entry)
        elif "type" in frame or "status_code" in frame:
            line.controls = max(0, line.controls - 1)
        line.changed.set()

    def _by_pointer(self, line: _Line, frame: Json) -> str | None:
        """Where the id stands elsewhere than in `req_id`."""
        for key, label in line.waiting.items():
            pointer = self._player.operation(self.transcript.calls[label].send.operation).answers_at
            if pointer and str(member(frame, pointer)) == key:
                return label
        return None

    def _lost(self, line: _Line) -> None:
        for label in () if line.is_ending else line.waiting.values():
            call = self.transcript.calls[label]
            call.is_lost = call.is_lost or not call.replies
        line.controls = 0

    async def _lose(self, line: _Line) -> None:
        if line.reader:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(line.reader), CONTROL_S)

    async def _send(self, step: Send) -> None:
        line = self._lines.get(step.socket)
        operation = self._player.operation(step.operation)
        if line is None or line.is_over:
            self.transcript.skipped.append(step.label)
            return
        try:
            frame = self._filled(freshened(step.frame, self._names))
            key, frame = self._identified(operation.correlation, frame)
            raw = line.codec.write(frame)
        except (Inexpressible, DocumentError):
            self.transcript.skipped.append(step.label)
            return
        entry = self._note(line.name, "sent", frame)
        call = Call(
            step, self.transcript.callers[line.name], self.transcript.encodings[line.name], key, frame, entry.at_s
        )
        self.transcript.calls[step.label] = call
        if operation.replies:
            line.waiting[key] = step.label
        await self._put(line, raw)

    def _identified(self, pointer: str, frame: Json) -> tuple[str, Json]:
        """With an id that no other request of the session has: the drawn one, else a number above it, else a UUID."""
        told = member(frame, pointer) if pointer else None
        if isinstance(told, int) and not isinstance(told, bool):
            while str(told) in self._keys:
                told += 1
        elif not isinstance(told, str) or not told or told in self._keys:
            told = str(uuid.uuid4())
        self._keys.add(str(told))
        return str(told), _with(frame, pointer, told) if pointer else frame

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {SAID}:
                return self.transcript.said(*value[SAID])
            if set(value) == {NAME}:
                return "".join(one if isinstance(one, str) else spelled(self._filled(one)) for one in value[NAME])
            return {key: self._filled(one) for key, one in value.items()}
        return [self._filled(one) for one in value] if isinstance(value, list) else value

    async def _put(self, line: _Line, raw: Any, **options: Any) -> None:
        with suppress(ConnectionClosed, TimeoutError):
            await asyncio.wait_for(line.connection.send(raw, **options), CONTROL_S)

    async def _control(self, step: Control) -> None:
        line = self._lines.get(step.socket)
        if line is None or line.is_over:
            return
        frame = self._filled_or_none(freshened(step.frame, self._names))
        if frame is None:
            return
        self._note(line.name, "sent", frame)
        if step.answers:
            line.controls += 1
        kind = frame.get("type")
        if kind == "subscribe":
            self.transcript.subscribed.setdefault(line.name, set()).update(frame["topics"])
        elif kind == "unsubscribe":
            self.transcript.subscribed.setdefault(line.name, set()).difference_update(frame["topics"])
        elif kind == "cancel":
            label = line.waiting.get(str(frame["req_id"]))
            if label is not None:
                self.transcript.calls[label].is_cancelled = True
        await self._put(line, line.codec.write(frame))

    def _filled_or_none(self, frame: Json) -> Json | None:
        """A cancel names the request by its label; None where that was not sent, or where no answer says what a name needs."""
        label = frame.get("req_id", {}).get(SAID, [None])[0] if isinstance(frame.get("req_id"), dict) else None
        if label is None:
            try:
                filled: Json = self._filled(frame)
            except DocumentError:
                return None
            return filled
        call = self.transcript.calls.get(label)
        return {**frame, "req_id": call.key} if call else None

    async def _raw(self, step: Raw) -> None:
        line = self._lines.get(step.socket)
        if line is None or line.is_over:
            return
        self._note(
            line.name,
            "sent",
            text=f"{step.why}: {step.data[:80]!r}{f' … {len(step.data)} bytes' if len(step.data) > 80 else ''}",
        )
        size = max(1, -(-len(step.data) // step.fragments))
        parts = [step.data[at : at + size] for at in range(0, len(step.data), size)] or [b""]
        if self._player.answers_garbage:
            line.controls += 1
        await self._put(line, parts if step.fragments > 1 else step.data, text=step.is_text)

    async def _await_event(self, step: Await) -> None:
        line = self._lines.get(step.socket)
        for one in list(self._lines.values()):
            await self._drained(one)
        if not self._is_due(step):
            return
        deadline, found = time.monotonic() + EVENT_S, None
        while line is not None and not line.is_over:
            line.changed.clear()
            found = found or self._event(step)
            if found is not None and not self._lacks(step, found):
                break
            if not await _changed(line, deadline - time.monotonic()):
                break
        if found is not None:
            self.transcript.heard[step.label] = found
        elif line is not None:
            self.transcript.missed.append((step.socket, step.event))

    def _is_due(self, step: Await) -> bool:
        """Whether a call that publishes it has succeeded, and the socket follows a topic of it, or a name that the answer says it is told under."""
        event, topics = self._player.event(step.event), self._player.topics
        asked, followed = self.transcript.subscribed.get(step.socket, set()), self.transcript.followed(step.socket)
        for call in self.transcript.calls.values():
            operation = self._player.operation(call.send.operation)
            if call.code == "ok" and event.name in operation.publishes:
                told = event.told(operation, call.data)
                if asked & set(event.topics) or hearing(topics, followed, event.topics, told):
                    return True
        return False

    def _lacks(self, step: Await, found: Json) -> bool:
        """Whether it is still to come under another name that the socket follows."""
        followed, told_on = self.transcript.followed(step.socket), self._player.event(step.event).topics
        due = hearing(self._player.topics, followed, told_on, found.get("data"))
        return not due <= self.transcript.under(step.socket, found)

    def _event(self, step: Await) -> Json | None:
        pkg_id = self._player.event(step.event).pkg_id
        heard = [id(one) for one in self.transcript.heard.values()]
        for entry in self.transcript.came(step.socket):
            frame = entry.frame or {}
            if frame.get("pkg_id") == pkg_id and "status_code" not in frame and id(frame) not in heard:
                return frame
        return None

    async def _drained(self, line: _Line) -> None:
        """Every request has its reply, or its time is over."""
        while not line.is_over:
            line.changed.clear()
            open_calls = [self.transcript.calls[label] for label in line.waiting.values()]
            due = [one for one in open_calls if not one.replies and not one.is_cancelled]
            if not due and not line.controls:
                break
            until = max([one.at_s + self._limit(one) for one in due], default=self._now() + CONTROL_S)
            if not await _changed(line, until - self._now()):
                break
        line.controls = 0

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _limit(self, call: Call) -> float:
        return call.timeout_s(self._player.operation(call.send.operation).timeout_s) + GRACE_S


async def _pinged(connection: ClientConnection) -> None:
    """There and back: a peer that reads nothing holds up the way there."""
    await (await connection.ping())


async def _changed(line: _Line, within_s: float) -> bool:
    """False when the time is over."""
    if within_s <= 0:
        return False
    try:
        await asyncio.wait_for(line.changed.wait(), within_s)
    except TimeoutError:
        return False
    return True


def _with(frame: Json, pointer: str, value: Any) -> Json:
    """A copy with a value at a pointer of members."""
    name, _, rest = pointer[1:].partition("/")
    if not rest:
        return {**frame, name: value}
    inner = frame.get(name)
    return {**frame, name: _with(inner if isinstance(inner, dict) else {}, f"/{rest}", value)}

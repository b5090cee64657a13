"""The WebSocket door of the mock: requests are answered by their `req_id`, topics are followed, events come (docs/wire.md).

Promises: every queue and wait has a bound; a socket that breaks the protocol ends by a code of the contract.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proof.documents import JSON, PROBLEM, Json
from proof.mock.callers import ACCESS_S, User
from proof.mock.faults import Faults
from proof.mock.frames import Bad, Call, Control, Frames, JsonSide, ProtobufSide, control_id
from proof.mock.handshake import Admission, admit
from proof.mock.refusal import Refusal
from proof.mock.service import Answered, Asked, Mock
from proof.mock.topics import Attendance, Told, admits

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
FIRST_FRAME_S = 4.5
MAX_IN_FLIGHT = 32
MAX_WAITING = 1000
"""Frames that wait for a socket that is read slowly."""
MAX_BAD, BAD_S = 10, 60.0
"""Frames that cannot be read, and within which time."""
UNSUPPORTED, GOING_AWAY = 1003, 1001
GONE_S = 5.0


@dataclass(frozen=True, slots=True)
class _Close:
    code: int


class SocketDoor:
    """An ASGI application. `origins` is a regular expression."""

    def __init__(self, mock: Mock, faults: Faults, origins: str) -> None:
        self._mock = mock
        self._faults = faults
        self._origins = origins
        self._encodings = dict(mock.contract.frames.encodings)
        self._sides: dict[str, Frames] = {JSON: JsonSide(mock.contract)}
        if mock.forms.protobuf is not None:
            self._sides |= {one: ProtobufSide(mock.forms.protobuf) for one in self._encodings.values() if one != JSON}

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        try:
            if self._mock.contract.socket_info is None or scope["path"] != self._mock.contract.frames.address:
                raise Refusal("unknown_operation")
            spoken = {name: media for name, media in self._encodings.items() if media in self._sides}
            admission = admit(scope, self._mock.callers, spoken, self._origins)
        except Refusal as refusal:
            await self._refuse(refusal, receive, send)
            return
        contract = f"{self._mock.contract.info.version};{self._mock.contract.hash}"
        headers = [(b"stele-contract", contract.encode())]
        await send({"type": "websocket.accept", "subprotocol": admission.subprotocol, "headers": headers})
        await Connection(self._mock, self._faults, self._sides[admission.media], admission, send).serve(receive)

    async def _refuse(self, refusal: Refusal, receive: Receive, send: Send) -> None:
        """Over HTTP, before the upgrade."""
        problem = self._mock.catalogue.problem(refusal, secrets.token_hex(8))
        headers = [(b"content-type", PROBLEM.encode())]
        headers += [(name.lower().encode(), value.encode()) for name, value in refusal.headers.items()]
        await send({"type": "websocket.http.response.start", "status": problem["status"], "headers": headers})
        await send({"type": "websocket.http.response.body", "body": json.dumps(problem).encode()})
        try:
            async with asyncio.timeout(GONE_S):
                for _ in range(2):  # The server complains of an end before the refused connection has gone.
                    await receive()
        except TimeoutError:
            return


class Connection:
    """One socket that was accepted; follows topics by its own identity."""

    def __init__(self, mock: Mock, faults: Faults, side: Frames, admission: Admission, send: Send) -> None:
        self._mock = mock
        self._faults = faults
        self._side = side
        self._user = admission.user
        self._send = send
        self._codes = dict(mock.contract.close_codes)
        self._waiting: asyncio.Queue[str | bytes | _Close] = asyncio.Queue(MAX_WAITING)
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._bad: deque[float] = deque(maxlen=MAX_BAD)
        self._is_over = False

    async def serve(self, receive: Receive) -> None:
        """Until the socket ends, for whatever reason."""
        writer = asyncio.create_task(self._write())
        try:
            async with asyncio.timeout(None if self._user else FIRST_FRAME_S) as first:
                while not self._is_over:
                    message = await receive()
                    if message["type"] == "websocket.disconnect":
                        return
                    text = message.get("text")
                    await self._take(message["bytes"] if text is None else text)
                    if self._user is not None:
                        first.reschedule(None)
        except TimeoutError:
            self._close(self._codes["auth_timeout"])
        finally:
            self._mock.topics.leave_all(self)
            tasks = list(self._in_flight.values())
            for task in tasks:
                task.cancel()
            await asyncio.wait([writer], timeout=GONE_S) if self._is_over else None
            writer.cancel()
            await asyncio.gather(writer, *tasks, return_exceptions=True)

    @property
    def user(self) -> str:
        return self._user.name if self._user else ""

    def hear(self, told: Told) -> None:
        """An event."""
        self._tell(self._side.push(told))

    def attend(self, told: Attendance) -> None:
        """Who follows a topic, or what has changed in it."""
        self._tell(self._side.attendance(told))

    def _tell(self, frame: str | bytes) -> None:
        """Who does not read it is closed."""
        if self._waiting.full():
            self._close(self._codes["slow_consumer"])
        elif not self._is_over:
            self._waiting.put_nowait(frame)

    async def _write(self) -> None:
        while True:
            item = await self._waiting.get()
            if isinstance(item, _Close):
                await self._send({"type": "websocket.close", "code": item.code})
                return
            await self._send({"type": "websocket.send", "text" if isinstance(item, str) else "bytes": item})

    def _close(self, code: int) -> None:
        if not self._is_over:
            self._is_over = True
            if self._waiting.full():
                self._drop()
            self._waiting.put_nowait(_Close(code))

    def _drop(self) -> None:
        """What waits for somebody who does not read: the close does not wait behind it."""
        while not self._waiting.empty():
            self._waiting.get_nowait()

    async def _take(self, raw: str | bytes) -> None:
        if not isinstance(raw, self._side.kind):
            await self._refuse(Refusal("malformed", "This subprotocol has frames of the other kind."))
            self._close(UNSUPPORTED)
            return
        try:
            frame = self._side.read(raw)
        except Bad as bad:
            await self._take_bad(bad)
            return
        if self._user is None and not (isinstance(frame, Control) and frame.kind == "auth"):
            await self._refuse(Refusal("unauthenticated", "The first frame must authenticate."))
            self._close(self._codes["invalid_token"])
        elif isinstance(frame, Control):
            await self._control(frame)
        else:
            await self._call(frame)

    async def _take_bad(self, bad: Bad) -> None:
        now = time.monotonic()
        if self._user is None:
            await self._refuse(Refusal("unauthenticated", "The first frame must authenticate."))
            self._close(self._codes["invalid_token"])
        elif len(self._bad) == MAX_BAD and self._bad[0] > now - BAD_S:
            self._close(self._codes["protocol_abuse"])
        else:
            self._bad.append(now)
            await self._refuse(bad.refusal, bad.pkg_id, bad.req_id)

    async def _call(self, call: Call) -> None:
        if call.req_id in self._in_flight:
            await self._refuse(Refusal("request_in_progress"), call.operation.pkg_id, call.req_id)
        elif not self._faults.waits:
            await self._answer(call)
        else:
            if len(self._in_flight) >= MAX_IN_FLIGHT:
                await asyncio.wait(self._in_flight.values(), return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(self._answer_late(call))
            self._in_flight[call.req_id] = task
            task.add_done_callback(lambda _: self._in_flight.pop(call.req_id, None))

    async def _answer_late(self, call: Call) -> None:
        await asyncio.sleep(self._faults.wait_s())
        await self._answer(call)

    async def _answer(self, call: Call) -> None:
        operation, faults = call.operation, self._faults
        if faults.closes():
            self._close(GOING_AWAY)
            return
        try:
            self._mock.authorise(operation, self._user)
            if faults.fails():
                raise Refusal("unavailable", "It fails on purpose.")
            if call.unfit is not None:
                raise call.unfit
            key = call.req_id if operation.idempotency == "key" else ""
            answered = self._mock.answer(Asked(operation, call.fields, self._user, key))
        except Refusal as refusal:
            await self._refuse(refusal, operation.pkg_id, call.req_id)
            return
        if operation.result.is_stream and answered.value is not None:
            await self._waiting.put(self._side.item(operation, call.req_id, answered.value))
            answered = Answered(None)
        if not faults.drops_reply():
            await self._waiting.put(self._side.reply(operation, call.req_id, answered.value))

    async def _refuse(self, refusal: Refusal, pkg_id: int | None = None, req_id: str | None = None) -> None:
        problem = self._mock.catalogue.problem(refusal, secrets.token_hex(16))
        problem["msg"] = problem.get("detail", problem["title"])
        await self._waiting.put(self._side.refusal(pkg_id, req_id, self._mock.catalogue.number(refusal.code), problem))

    async def _control(self, frame: Control) -> None:
        try:
            match frame.kind:
                case "auth":
                    self._authenticate(frame)
                    await self._waiting.put(self._side.control("auth_ok", frame.req_id, {"expires_in": ACCESS_S}))
                case "cancel":
                    if task := self._in_flight.get(frame.said["req_id"]):
                        task.cancel()
                case "subscribe":
                    await self._subscribe(frame)
                case "unsubscribe":
                    for topic in frame.said["topics"]:
                        self._mock.topics.leave(topic, self)
                    said = {"topics": frame.said["topics"]}
                    await self._waiting.put(self._side.control("unsubscribed", frame.req_id, said))
        except Refusal as refusal:
            pkg_id = control_id(frame.kind) if frame.req_id else None
            await self._refuse(refusal, pkg_id, frame.req_id)
            if self._user is None:
                self._close(self._codes["invalid_token"])

    def _authenticate(self, frame: Control) -> None:
        """A new token must be the same caller's; one that is refused changes nothing."""
        user = self._mock.callers.proving(frame.said["token"])
        if user is None or (self._user is not None and user.name != self._user.name):
            raise Refusal("unauthenticated")
        self._user = user

    async def _subscribe(self, frame: Control) -> None:
        """Answered with where each topic begins; then comes what was missed, and what is live."""
        topics: list[str] = list(dict.fromkeys(frame.said["topics"]))
        self._may_follow(frame.said["topics"])
        after = {one["topic"]: one for one in frame.said.get("positions", ())}
        if len(after) < len(frame.said.get("positions", ())) or not after.keys() <= set(topics):
            raise Refusal("invalid_data", "positions are of the topics that are subscribed to, one for each at most.")
        watched: Sequence[str] = frame.said.get("presence", ())
        self._may_watch(watched, topics)
        known = self._mock.topics
        recovered = [topic for topic, position in after.items() if known.after(topic, position) is not None]
        starts = [
            (after[topic] if topic in recovered else known.end(topic)) | {"recovered": topic in recovered}
            for topic in topics
        ]
        for topic in set(topics) - set(recovered):
            known.follow(topic, self)
        said = {"topics": frame.said["topics"], "positions": starts}
        await self._waiting.put(self._side.control("subscribed", frame.req_id, said))
        for topic in recovered:
            await self._catch_up(topic, after[topic])
        for topic in watched:
            known.watch(topic, self)

    def _may_watch(self, watched: Sequence[str], topics: Sequence[str]) -> None:
        known = self._mock.topics
        wrong = [index for index, one in enumerate(watched) if one not in topics or not known.tells_presence(one)]
        if wrong:
            faults = tuple((f"/presence/{index}", "The topic tells nobody who follows it.") for index in wrong)
            raise Refusal("invalid_data", faults=faults)

    async def _catch_up(self, topic: str, position: Json) -> None:
        """What is forgotten meanwhile ends the socket."""
        while missed := self._mock.topics.after(topic, position):
            await self._waiting.put(self._side.push(missed[0]))
            position = {**position, "offset": missed[0].offset}
        if missed is None:
            self._close(self._codes["insufficient_state"])
        self._mock.topics.follow(topic, self)

    def _may_follow(self, topics: list[str]) -> None:
        faults = [(f"/topics/{index}", self._mock.topics.fault(topic)) for index, topic in enumerate(topics)]
        if refused := tuple((pointer, why) for pointer, why in faults if why):
            raise Refusal("invalid_data", faults=refused)
        found = [self._mock.topics.event_of(topic) for topic in topics]
        user = self._user or User("", frozenset())
        if not all(one is None or admits(one, user.roles) for one in found):
            raise Refusal("forbidden", "A topic needs a role that is missing.")

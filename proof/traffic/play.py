"""Plays a script against a service, in its order, and keeps what differs.

At pace 0 one thing follows the other. At another pace all begins when it began, so many times as fast, and together with what it was
together with; whatever had ended before something began has ended before it now. Every wait ends.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx2
from websockets.exceptions import InvalidHandshake, InvalidStatus

from proof.documents import DocumentError
from proof.doors.cases import ABOUT_OTHERS
from proof.protobuf import Inexpressible
from proof.traffic.asking import Asking, LeftOut
from proof.traffic.events import judge_events
from proof.traffic.judge import Case, Difference, Judge
from proof.traffic.lines import Answer, Body, Frame
from proof.traffic.matching import Translation
from proof.traffic.open_socket import LiveSocket
from proof.traffic.script import Ask, Close, Open, Script, Send, Step, depended_on_time, operation_of
from proof.ws.session import member

ANSWER_S = 60.0
"""For a whole answer, whatever the operation says: what only trickles has an end."""
GRACE_S, EVENT_S, EXTRA_S, CLOSE_S = 5.0, 5.0, 0.3, 8.0
IDLE_S = 1.0
"""A socket that nothing came to for so long would have had whatever was due."""
MAX_AT_ONCE = 256
OF_TIME = frozenset({"token_expired", "rate_limited", "slow_consumer"})
"""Closes that say how long something took."""
GONE = frozenset({1001, 1006, 1012})
"""Of services that end, and of connections that are cut."""
DEPENDS, RACED, STAND_IN = (
    "it depended on time",
    "it raced with a write; its schema was judged",
    "what could not be read was played by a stand-in",
)
OTHERS = "it reads what is written behind answers; its schema was judged"


@dataclass(slots=True)
class Tally:
    played: Counter[str] = field(default_factory=Counter)
    """By operation, or what else was asked."""
    left_out: Counter[str] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    seconds: float = 0.0


class Playing:
    """Ends early when `most` differences are known."""

    def __init__(self, asking: Asking, judge: Judge, *, pace: float = 0.0, most: int = 50) -> None:
        self._asking = asking
        self._judge = judge
        self._contract = judge.contract
        self._pace = pace
        self._most = most
        self._sockets: dict[str, LiveSocket] = {}
        self._client = httpx2.AsyncClient(trust_env=False, timeout=ANSWER_S, limits=httpx2.Limits(keepalive_expiry=2.0))
        self.tally = Tally()

    async def run(self, script: Script) -> Tally:
        began = time.monotonic()
        try:
            await (self._in_time(script.steps) if self._pace else self._in_turn(script.steps))
        finally:
            for socket in self._sockets.values():
                await socket.close(1000)
            await self._client.aclose()
        self.tally.seconds = time.monotonic() - began
        return self.tally

    async def _in_turn(self, steps: list[Step]) -> None:
        for step in steps:
            await self._do(step)
            if len(self.tally.differences) >= self._most:
                return

    async def _in_time(self, steps: list[Step]) -> None:
        began, first_s = time.monotonic(), steps[0].at_s if steps else 0.0
        under_way: dict[asyncio.Task[None], float] = {}
        try:
            for step in steps:
                due = [task for task, end_s in under_way.items() if end_s <= step.at_s or len(under_way) >= MAX_AT_ONCE]
                if due:
                    await asyncio.gather(*due)
                under_way = {task: end_s for task, end_s in under_way.items() if not task.done()}
                await asyncio.sleep(max(0.0, (step.at_s - first_s) / self._pace - (time.monotonic() - began)))
                under_way[asyncio.create_task(self._do(step))] = step.end_s
            await asyncio.gather(*under_way)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _do(self, step: Step) -> None:
        case = Case(_about(step), step.number)
        try:
            match step:
                case Ask():
                    await self._ask(case, step)
                case Open():
                    await self._open(case, step)
                case Send():
                    await self._send(case, step)
                case Close():
                    await self._close(case, step)
        except (LeftOut, Inexpressible) as why:
            self.tally.left_out[f"{case.about}: {why}"] += 1
        self.tally.differences += case.found

    async def _ask(self, case: Case, step: Ask) -> None:
        then, operation = step.line.answer, self._contract.operations.get(step.line.operation)
        if then is None:
            raise LeftOut("it had no answer")
        translation = self._asking.translation()
        request = self._asking.request(step.line, translation)
        case.own = translation.own
        try:
            async with asyncio.timeout(ANSWER_S):
                response = await self._client.send(request)
        except (httpx2.HTTPError, TimeoutError) as error:
            case.tell("reply", f"no answer: {error or type(error).__name__}")
            return
        now = self._asking.answered(operation, response)
        self.tally.played[case.about] += 1
        if depended_on_time(then.status, then.body, self._contract):
            self.tally.unjudged[DEPENDS] += 1
        elif step.line.body.form == "unreadable":
            self._stood_in(case, step.line.body, then, now)
        else:
            self._judge.answer(case, operation, then, now, whole=self._is_whole(case.about, raced=step.raced))

    def _stood_in(self, case: Case, sent: Body, then: Answer, now: Answer) -> None:
        """A text is as unreadable as it was; of bytes nobody knows."""
        self.tally.unjudged[STAND_IN] += 1
        if isinstance(sent.value, str) and then.status != now.status:
            case.tell("status", f"recorded {then.status}, now {now.status}", "", then.status, now.status)

    def _is_whole(self, about: str, *, raced: bool) -> bool:
        """Whether members can be compared."""
        if raced or about in ABOUT_OTHERS:
            self.tally.unjudged[RACED if raced else OTHERS] += 1
            return False
        return True

    async def _open(self, case: Case, step: Open) -> None:
        refused = step.line.answer.status if step.line.answer else 0
        self.tally.played[case.about] += 1
        try:
            connection = await self._asking.open(step.line)
        except InvalidStatus as error:
            if error.response.status_code != refused:
                case.tell("handshake", f"recorded {refused or 'an open socket'}, now {error.response.status_code}")
            return
        except (InvalidHandshake, OSError, TimeoutError) as error:
            case.tell("handshake", f"recorded {refused or 'an open socket'}, now {error or type(error).__name__}")
            return
        if refused:
            await connection.close()
            case.tell("handshake", f"recorded {refused}, now an open socket", "", refused, 101)
            return
        encoding = connection.subprotocol or ""
        if encoding != step.line.encoding:
            case.tell("handshake", f"recorded {step.line.encoding or 'no subprotocol'}, now {encoding or 'none'}")
        self._sockets[step.line.socket] = LiveSocket(self._contract, connection, encoding)

    async def _send(self, case: Case, step: Send) -> None:
        socket = self._sockets.get(step.line.socket)
        if socket is None:
            raise LeftOut("its socket is not open")
        operation = operation_of(self._contract, step.line.body.value)
        translation = self._asking.translation()
        frame, raw = self._frame(socket, step, operation.correlation if operation else "", translation)
        case.own = translation.own
        self.tally.played[case.about] += 1
        await socket.pushed(step.heard, EVENT_S)
        if step.reply is None:
            await socket.send(raw)
            return
        key = str(member(frame, operation.correlation)) if operation and step.key else ""
        within_s = (operation.timeout_s if operation else 0.0) + GRACE_S
        now = await socket.ask(raw, key, frame, within_s)
        if now is None:
            case.tell(
                "reply",
                f"recorded a reply, now {f'the socket was closed by {socket.code}' if socket.is_over else 'none'}",
            )
        else:
            self._judge_reply(case, step, step.reply, now)

    def _frame(
        self, socket: LiveSocket, step: Send, correlation: str, translation: Translation
    ) -> tuple[object, str | bytes]:
        body = step.line.body
        if body.form == "unreadable":
            return None, body.value if isinstance(body.value, str) else b"\xff" * body.size
        if body.form not in ("json", "protobuf"):
            raise LeftOut("it was too long to be kept")
        frame = self._asking.frame(step.line, step.name, correlation, translation)
        return frame, socket.frames.write(frame)

    def _judge_reply(self, case: Case, step: Send, then: Frame, now: Body) -> None:
        if depended_on_time(0, then.body, self._contract):
            self.tally.unjudged[DEPENDS] += 1
        elif step.line.body.form == "unreadable":
            self.tally.unjudged[STAND_IN] += 1
        else:
            raced = step.raced or step.is_cancelled
            self._judge.frame(case, then.body, now, whole=self._is_whole(case.about, raced=raced))

    async def _close(self, case: Case, step: Close) -> None:
        name, line = step.line.socket, step.line
        socket = self._sockets.pop(name, None)
        if socket is None:
            return
        await socket.pushed(len(step.pushes), EVENT_S)
        if step.idle_s >= IDLE_S:
            await asyncio.sleep(EXTRA_S)
        judge_events(self._judge, case, step, socket.pushes, was_idle=step.idle_s >= IDLE_S)
        for one in socket.extra:
            case.tell("reply", "a reply came that nobody waits for", "", None, one.value)
        if line.by == "client" or self._is_of_time(line.code):
            if socket.is_over and line.by == "client":
                case.tell(
                    "close", f"recorded an open socket, now it was closed by {socket.code}", "", None, socket.code
                )
        elif not await socket.ended(CLOSE_S):
            case.tell("close", f"recorded a close by {line.code}, now the socket is open", "", line.code, None)
        elif socket.code != line.code:
            case.tell("close", f"recorded a close by {line.code}, now by {socket.code}", "", line.code, socket.code)
        await socket.close(line.code if line.by == "client" else 1000)

    def _is_of_time(self, code: int) -> bool:
        table = (self._contract.socket.close_codes if self._contract.socket else None) or {}
        return code in GONE or code in {number for name, number in table.items() if name in OF_TIME}


def _about(step: Step) -> str:
    match step:
        case Ask() | Send():
            return step.name
        case Open():
            return f"a handshake at {step.line.path}"
        case Close():
            return step.line.socket


def play(playing: Playing, script: Script) -> Tally:
    """DocumentError where nothing listens."""
    try:
        return asyncio.run(playing.run(script))
    except OSError as error:
        raise DocumentError(str(error)) from None

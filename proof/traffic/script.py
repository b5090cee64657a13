"""A recording as steps to play: each with what was answered to it, and with what it raced.

Replies are found as their sockets' clients found them: by the id that a reply repeats, else in turn. A step raced where a write of
another was under way at the same time: who came first then is chance, and so is its answer.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from codegen.ir.operations import IN_FLIGHT
from proof.documents import Json
from proof.traffic.contract import Contract
from proof.traffic.lines import Body, Caller, Closed, Exchange, Frame, Line, Opened
from proof.ws.contract import Operation
from proof.ws.session import member

TIMED = frozenset({408, 429, 502, 503, 504})
"""Statuses that say how busy a service was, not what it does."""
READABLE = ("json", "protobuf")


@dataclass(slots=True)
class Ask:
    """An exchange over HTTP."""

    line: Exchange
    number: int
    raced: bool = False

    @property
    def name(self) -> str:
        return self.line.operation or f"{self.line.method} {self.line.path}"

    @property
    def at_s(self) -> float:
        return self.line.at_s

    @property
    def end_s(self) -> float:
        return self.line.at_s + self.line.took_s


@dataclass(slots=True)
class Open:
    line: Opened
    number: int

    @property
    def at_s(self) -> float:
        return self.line.at_s

    @property
    def end_s(self) -> float:
        return self.line.at_s + self.line.took_s


@dataclass(slots=True)
class Send:
    """A frame. `key` is the id that its reply repeats; nothing where it is answered in its turn. `reply` is None where none came."""

    line: Frame
    number: int
    name: str
    key: str = ""
    reply: Frame | None = None
    raced: bool = False
    is_safe: bool = True
    is_cancelled: bool = False
    heard: int = 0
    """Events that had come to the socket before."""

    @property
    def at_s(self) -> float:
        return self.line.at_s

    @property
    def end_s(self) -> float:
        return self.reply.at_s if self.reply else self.line.at_s


@dataclass(slots=True)
class Close:
    """The end of a socket, and every event that had come by then; `idle_s` is how long nothing had come any more."""

    line: Closed
    number: int
    pushes: list[Frame] = field(default_factory=list)
    idle_s: float = 0.0

    @property
    def at_s(self) -> float:
        return self.line.at_s

    @property
    def end_s(self) -> float:
        return self.line.at_s


Step: TypeAlias = Ask | Open | Send | Close


@dataclass(slots=True)
class Script:
    steps: list[Step]
    callers: dict[str, Caller]
    """Those whose credentials were taken."""


@dataclass(slots=True)
class _Socket:
    waiting: dict[str, Send] = field(default_factory=dict)
    in_turn: deque[Send] = field(default_factory=deque)
    pushes: list[Frame] = field(default_factory=list)
    last_s: float = 0.0


def read_script(lines: Iterable[Line], contract: Contract) -> Script:
    """In the order in which things began. A socket that the recording left open is closed at its end."""
    found = _Reader(contract)
    for number, line in enumerate(lines, 1):
        found.take(number, line)
    return found.script()


class _Reader:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._sockets: dict[str, _Socket] = defaultdict(_Socket)
        self._open: set[str] = set()
        self._steps: list[Step] = []
        self._callers: dict[str, Caller] = {}
        self._end_s = 0.0
        self._number = 0

    def take(self, number: int, line: Line) -> None:
        self._end_s, self._number = max(self._end_s, getattr(line, "at_s", 0.0)), number
        match line:
            case Caller():
                self._callers[line.name] = line
            case Exchange():
                self._steps.append(Ask(line, number))
            case Opened():
                self._steps.append(Open(line, number))
                if line.answer is None:
                    self._open.add(line.socket)
            case Frame():
                self._frame(number, line)
            case Closed():
                self._close(number, line)

    def _close(self, number: int, line: Closed) -> None:
        self._open.discard(line.socket)
        socket = self._sockets[line.socket]
        self._steps.append(Close(line, number, socket.pushes, round(line.at_s - socket.last_s, 6)))

    def _frame(self, number: int, line: Frame) -> None:
        socket = self._sockets[line.socket]
        socket.last_s = line.at_s
        if line.is_sent:
            step = self._sent(number, line)
            step.heard = len(socket.pushes)
            self._steps.append(step)
            if step.key and step.key not in socket.waiting:
                socket.waiting[step.key] = step
            elif step.name != "cancel":
                socket.in_turn.append(step)
            elif known := socket.waiting.get(_text(line.body.value.get("req_id"))):
                known.is_cancelled = True
        else:
            self._came(socket, line)

    def _sent(self, number: int, line: Frame) -> Send:
        frame = line.body.value
        if line.body.form not in READABLE or not isinstance(frame, dict):
            return Send(line, number, "what is no frame")
        operation = operation_of(self._contract, frame)
        if operation is None:
            return Send(line, number, str(frame.get("type", "a frame of no operation")))
        return Send(
            line, number, operation.name, _text(member(frame, operation.correlation)), is_safe=operation.is_safe
        )

    def _came(self, socket: _Socket, line: Frame) -> None:
        frame = line.body.value if line.body.form in READABLE else None
        kind = kind_of(self._contract, frame)
        if kind == "push":
            socket.pushes.append(line)
        elif kind == "reply":
            step = socket.waiting.pop(self._key(socket, frame or {}), None)
            if step is None and socket.in_turn:
                step = socket.in_turn.popleft()
            if step is not None:
                step.reply = line

    def _key(self, socket: _Socket, frame: Json) -> str:
        for key, step in socket.waiting.items():
            operation = operation_of(self._contract, step.line.body.value)
            if operation and _text(member(frame, operation.answers_at)) == key:
                return key
        return ""

    def script(self) -> Script:
        for name in sorted(self._open):
            self._close(self._number, Closed(self._end_s, name, "client", 1000))
        self._steps.sort(key=lambda one: one.at_s)
        _mark_races(self._steps)
        for step in self._steps:
            if isinstance(step, Send) and step.line.credential.by == "frame" and not _was_taken(step.reply):
                step.line = replace(step.line, credential=replace(step.line.credential, usable=False))
        used = {
            one.line.credential.caller
            for one in self._steps
            if not isinstance(one, Close) and one.line.credential.usable
        }
        return Script(self._steps, {name: one for name, one in self._callers.items() if name in used})


def operation_of(contract: Contract, frame: Json) -> Operation | None:
    """Of a frame that a client sends; None for one that runs none."""
    if contract.socket is None or not isinstance(frame, dict):
        return None
    if not contract.socket.speaks_stele:
        schema = contract.frame(frame, is_sent=True)
        return next((one for one in contract.socket.operations if schema and one.frame is schema.parts[0]), None)
    if "type" in frame:
        return None
    return next((one for one in contract.socket.operations if one.pkg_id == frame.get("pkg_id")), None)


def kind_of(contract: Contract, frame: Json | None) -> str:
    """What came is a `reply`, a `push`, or `unasked`: that a token ends soon. What cannot be read is a reply."""
    if frame is None or contract.socket is None:
        return "reply"
    if "type" in frame and contract.socket.speaks_stele:
        asked = set(contract.socket.controls.asked.values())
        number = next(
            (
                number
                for number, told in contract.socket.controls.told.items()
                if told["properties"]["type"].get("const") == frame["type"]
            ),
            None,
        )
        return "reply" if number in asked else "unasked"
    if contract.socket.speaks_stele:
        return "reply" if "status_code" in frame else "push"
    found = contract.frame(frame, is_sent=False)
    return "push" if found and any(one.frame is found.parts[0] for one in contract.socket.events) else "reply"


def depended_on_time(status: int, body: Body, contract: Contract) -> bool:
    """Whether a refusal says how busy the service was. `status` is of HTTP; 0 for a frame, whose code says it."""
    code = code_of(body)
    catalogue = contract.socket.catalogue if contract.socket else {}
    told = status or catalogue.get(code, {}).get("status", 0)
    return told in TIMED or code == IN_FLIGHT


def code_of(body: Body) -> str:
    """Of a refusal, as a body or as a frame; nothing where it is none."""
    value = body.value if isinstance(body.value, dict) else {}
    value = value["data"] if value.get("status_code") and isinstance(value.get("data"), dict) else value
    code = value.get("code")
    return code if isinstance(code, str) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _mark_races(steps: list[Step]) -> None:
    """`steps` are in the order of their beginnings."""
    under_way: list[Ask | Send] = []
    for step in steps:
        if not isinstance(step, Ask | Send):
            continue
        under_way = [one for one in under_way if one.end_s > step.at_s]
        for other in under_way:
            other.raced = other.raced or _writes(step)
            step.raced = step.raced or _writes(other)
        if step.end_s > step.at_s:
            under_way.append(step)


def _was_taken(reply: Frame | None) -> bool:
    """A first frame, or a new token: what is answered otherwise is a refusal."""
    return reply is not None and reply.body.form in READABLE and "status_code" not in reply.body.value


def _writes(step: Ask | Send) -> bool:
    return not step.is_safe if isinstance(step, Send) else step.line.method not in ("GET", "HEAD", "OPTIONS")

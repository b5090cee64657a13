"""What happened in a session, in order: what went out, what came, how sockets ended. Checks read nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from proof.documents import DocumentError, Json, at
from proof.ws.session import Send

SHOWN = 300
"""Characters of a frame."""


@dataclass(slots=True)
class Entry:
    """`kind`: `opened`, `refused` (a handshake), `sent`, `came`, `unreadable`, `closed`, `cut`. `at_s` counts from the beginning."""

    at_s: float
    socket: str
    kind: str
    frame: Json | None = None
    text: str = ""
    code: int = 0
    """Of HTTP for a refused handshake, else of the close."""

    def __str__(self) -> str:
        shown = self.text or (json.dumps(self.frame, ensure_ascii=False) if self.frame is not None else "")
        shown = printable(shown)
        shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}… ({len(shown)} characters)"
        arrow = {"sent": "→", "came": "←", "unreadable": "←"}.get(self.kind, " ")
        return f"{self.at_s * 1000:8.1f} ms  {self.socket:<4} {arrow} {self.kind:<8} {self.code or ''} {shown}"


@dataclass(slots=True)
class Call:
    """A request with its replies: there should be one."""

    send: Send
    caller: str
    encoding: str
    key: str
    """What its reply repeats."""
    frame: Json
    at_s: float
    replies: list[Entry] = field(default_factory=list)
    is_cancelled: bool = False
    is_lost: bool = False
    """Its socket ended before a reply came, by our own doing or as the service may."""

    @property
    def answer(self) -> Json | None:
        return self.replies[0].frame if self.replies else None

    @property
    def data(self) -> Any:
        """What the answer says; None without one."""
        return self.answer.get("data") if self.answer else None

    def timeout_s(self, default_s: float) -> float:
        """The deadline that the request brings, else its operation's."""
        meta = self.frame.get("meta")
        told = meta.get("timeout_ms") if isinstance(meta, dict) else None
        return told / 1000 if isinstance(told, int) and told > 0 else default_s

    @property
    def code(self) -> str:
        """`ok`, a code of the catalogue, or nothing."""
        if self.answer is None:
            return ""
        if self.answer.get("status_code") == 0:
            return "ok"
        return str(self.data.get("code", "")) if isinstance(self.data, dict) else ""


@dataclass(slots=True)
class Transcript:
    entries: list[Entry] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    """By label."""
    callers: dict[str, str] = field(default_factory=dict)
    """Of each socket."""
    encodings: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    """Labels of what could not be sent: no such form in its encoding, or an earlier reply did not say what it needs."""
    subscribed: dict[str, set[str]] = field(default_factory=dict)
    heard: dict[str, Json] = field(default_factory=dict)
    """Events that were waited for, by label."""
    missed: list[tuple[str, str]] = field(default_factory=list)
    """Socket and event that did not come."""

    def came(self, socket: str | None = None) -> Iterator[Entry]:
        return (one for one in self.entries if one.kind == "came" and socket in (None, one.socket))

    def followed(self, socket: str) -> set[str]:
        """Names that were asked for, and not left since, of which the service said that they are followed."""
        told = (one.frame or {} for one in self.came(socket))
        said = {name for frame in told if frame.get("type") == "subscribed" for name in frame.get("topics", ())}
        return said & self.subscribed.get(socket, set())

    def under(self, socket: str, event: Json) -> set[str]:
        """The names under which the event of a frame came to a socket."""
        told = (one.frame or {} for one in self.came(socket))
        same = (frame for frame in told if "status_code" not in frame and frame.get("pkg_id") == event.get("pkg_id"))
        return {str(frame.get("topic")) for frame in same if frame.get("data") == event.get("data")}

    def said(self, label: str, pointer: str) -> Any:
        """DocumentError where there is no such answer, or no such place in it."""
        call = self.calls.get(label)
        frame = self.heard.get(label) or (call.answer if call else None)
        if frame is None:
            raise DocumentError(f"{label} has no answer")
        return at(frame, f"#{pointer.partition('#')[2] or pointer}")

    def __str__(self) -> str:
        return "\n".join(map(str, self.entries))


def printable(text: str) -> str:
    """On one line; what no terminal, file or XML takes (controls, lone surrogates) in Python's spelling."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)

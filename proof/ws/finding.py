"""What a check finds, and what it looks at: a session that was played, with the contract that it was played against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proof.callers import Roles
from proof.documents import Json
from proof.values import Values
from proof.ws.contract import Event, Operation, Socket
from proof.ws.session import Session
from proof.ws.transcript import Call, Transcript

WITNESS = "witness"
"""The label of a request beside what was tried."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`about` is the operation, event or socket; with `check` and `encoding` it is the finding's name, said once in a run."""

    check: str
    about: str
    encoding: str
    text: str

    @property
    def name(self) -> tuple[str, str, str]:
        return self.check, self.about, self.encoding


@dataclass(frozen=True, slots=True)
class Case:
    """A session that was played, and what is needed to judge it."""

    socket: Socket
    values: Values
    session: Session
    transcript: Transcript
    roles: Mapping[str, Roles]
    """Of each caller."""

    def calls(self) -> Iterator[tuple[Call, Operation]]:
        for call in self.transcript.calls.values():
            yield call, self.socket.operation(call.send.operation)

    def event_of(self, frame: Json) -> Event | None:
        """Which one a frame tells."""
        return next((one for one in self.socket.events if one.pkg_id == frame.get("pkg_id")), None)


def found(call: Call, check: str, text: str) -> Finding:
    """Of a witness, it says that others suffer."""
    if call.send.label == WITNESS:
        return Finding("others-unaffected", call.send.operation, call.encoding, f"{check}: {text}")
    return Finding(check, call.send.operation, call.encoding, text)

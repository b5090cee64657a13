"""A session as data: what is done to a service, step by step. It can be drawn, shrunk, written to a file and played again.

Where a step needs what an earlier reply said, it has a Said in place of the value; it is filled in when it is played.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, TypeAlias

from proof.documents import Json

Wants = Literal["taken", "refused", "any"]
"""What the contract says of a request's `data`: it fits its schema, it does not, or that is not asked."""
SAID = "$said"
NAME = "$name"


@dataclass(frozen=True, slots=True)
class Open:
    """`encoding` is a subprotocol. `credential` is `header` for the caller's own token, or a name of CREDENTIALS."""

    socket: str
    encoding: str
    caller: str
    credential: str = "header"
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """A request; `label` names it for what refers to its reply. `why` says which fault its data has."""

    socket: str
    operation: str
    label: str
    frame: Json
    wants: Wants = "any"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """A frame that runs no operation, answered by a message of `answers`, or by the problem."""

    socket: str
    frame: Json
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that may be no frame at all. Text travels as UTF-8 bytes too, so that bad UTF-8 can be said."""

    socket: str
    data: bytes
    is_text: bool
    why: str
    fragments: int = 1


@dataclass(frozen=True, slots=True)
class Await:
    """Waits for the next event of the name, if a call that publishes it has succeeded; `label` names it like a reply."""

    socket: str
    event: str
    label: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Waits until every request has its reply, or its time is over, and until what was sent before has come."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Ends the connection without a word."""

    socket: str


Step: TypeAlias = Open | Send | Control | Raw | Await | Settle | Cut
STEPS: dict[str, type[Step]] = {one.__name__: one for one in (Open, Send, Control, Raw, Await, Settle, Cut)}


@dataclass(frozen=True, slots=True)
class Session:
    plan: str
    steps: tuple[Step, ...]
    pairs: tuple[tuple[str, ...], ...] = field(default=())
    """Labels of one request in two encodings, in the order of sending, which must be judged alike. A third is the first's encoding again, so
    that what another did meanwhile is not taken for a difference of the encodings."""

    def size(self) -> tuple[int, int]:
        """What is smaller is read sooner: steps first, then characters."""
        return len(self.steps), len(repr(self.steps))


def said(label: str, pointer: str) -> Json:
    """A place in the frame that answered `label`."""
    return {SAID: [label, pointer]}


def named(parts: list[Any]) -> Any:
    """A topic's name of texts, and of places in earlier answers, each for the value there as a name spells it."""
    return "".join(parts) if all(isinstance(one, str) for one in parts) else {NAME: parts}


def member(frame: Any, pointer: str) -> Any:
    """What a pointer of members leads to; None where it leads nowhere."""
    for part in pointer.split("/")[1:]:
        frame = frame.get(part) if isinstance(frame, dict) else None
    return frame


def to_json(session: Session) -> str:
    """A replay file. Bytes are base64."""
    steps = [{"step": type(one).__name__, **_plain(one)} for one in session.steps]
    return json.dumps({"plan": session.plan, "pairs": session.pairs, "steps": steps}, indent=1)


def from_json(text: str) -> Session:
    """ValueError for what is no replay file."""
    try:
        found = json.loads(text)
        steps = tuple(_step(one) for one in found["steps"])
        return Session(found["plan"], steps, tuple((one, two, *again) for one, two, *again in found["pairs"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is no replay file: {error!r}") from None


def _plain(step: Step) -> Json:
    return {key: base64.b64encode(one).decode() if isinstance(one, bytes) else one for key, one in asdict(step).items()}


def _step(found: Json) -> Step:
    kind = STEPS[found.pop("step")]
    names = {one.name for one in fields(kind)}
    given = {key: value for key, value in found.items() if key in names}
    if kind is Raw:
        given["data"] = base64.b64decode(given["data"])
    if kind is Control:
        given["answers"] = tuple(given["answers"])
    return kind(**given)

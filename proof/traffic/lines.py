"""The file of recorded traffic: one JSON object a line, in the order in which things ended. Both commands read or write nothing else.

A line is of a kind: `begin`, `caller`, `exchange` (a request and its answer), `opened`, `frame`, `closed`, `end`. Times are seconds
from the beginning. What was a secret is `{"$secret": "secret-1"}`, the same name for the same value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from proof.documents import DocumentError, Json

VERSION = 1
SECRET = "$secret"
HIDDEN = "hidden"
"""In place of a text that was not kept; it is not sent again."""
Form = Literal["none", "json", "protobuf", "unreadable", "left-out"]


@dataclass(frozen=True, slots=True)
class Body:
    """`value` is JSON, whichever way it travelled. What could not be read has a stand-in of the same shape as `value`, of which no letter
    is kept; what is left out, because it is large or of bytes, has a `size` alone."""

    form: Form = "none"
    value: Any = None
    media: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Credential:
    """Who asked, and by what: a header, a subprotocol, the query, a ticket, the first frame, or nothing. One that is not `usable` was refused."""

    by: Literal["", "header", "subprotocol", "query", "ticket", "frame"] = ""
    caller: str = ""
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Begin:
    service: str
    at: str
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Caller:
    """With the roles that the token says; the token is not kept, nor whom it names."""

    name: str
    roles: list[str]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: Body = Body()


@dataclass(frozen=True, slots=True)
class Exchange:
    """`path` is the contract's template with its `parameters` where the operation is known, else what was asked for."""

    at_s: float
    took_s: float
    method: str
    path: str
    operation: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    query: list[tuple[str, Any]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    credential: Credential = Credential()
    body: Body = Body()
    answer: Answer | None = None
    """None where there was none: the client went."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A handshake; `answer` is there where it was refused."""

    at_s: float
    took_s: float
    socket: str
    path: str
    query: list[tuple[str, Any]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    """Subprotocols that were offered, without a credential."""
    credential: Credential = Credential()
    encoding: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    at_s: float
    socket: str
    is_sent: bool
    body: Body
    credential: Credential = Credential()
    """Of a frame that authenticates."""


@dataclass(frozen=True, slots=True)
class Closed:
    at_s: float
    socket: str
    by: Literal["client", "service"]
    code: int


@dataclass(frozen=True, slots=True)
class End:
    """Why nothing follows."""

    at_s: float
    why: str


Line: TypeAlias = Begin | Caller | Exchange | Opened | Frame | Closed | End
KINDS: dict[str, type[Line]] = {
    one.__name__.lower(): one for one in (Begin, Caller, Exchange, Opened, Frame, Closed, End)
}


def written(line: Line) -> str:
    """Without the end of the line; ASCII alone, so that no form of a text hides in another."""
    return json.dumps({"kind": type(line).__name__.lower(), **_said(line)}, separators=(",", ":"))


def _said(one: Any) -> Json:
    """What is as it is where nothing is said is not said."""
    told = ((each.name, getattr(one, each.name), each) for each in fields(one))
    return {
        name: _said(value) if is_dataclass(value) else value for name, value, each in told if value != _unsaid(each)
    }


def _unsaid(each: Field[Any]) -> Any:
    return each.default_factory() if each.default_factory is not MISSING else each.default


def read(file: Path) -> Iterator[Line]:
    """DocumentError with the number of the line that is none. A last line without an end was cut off, and is passed over."""
    try:
        with file.open(encoding="ascii") as lines:
            for number, text in enumerate(lines, 1):
                if not text.endswith("\n"):
                    return
                yield _line(text, f"{file}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{file}: {error}") from None


def _line(text: str, place: str) -> Line:
    try:
        found = json.loads(text)
        kind = KINDS[found.pop("kind")]
        line: Line = msgspec.convert(found, kind)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise DocumentError(f"{place}: is no line of traffic: {error!r}") from None
    if isinstance(line, Begin) and line.version != VERSION:
        raise DocumentError(f"{place}: is of version {line.version}; this reads {VERSION}")
    return line

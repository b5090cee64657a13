"""What is tried: each plan is a Hypothesis strategy of sessions. A session opens its own sockets, so that it can be played alone.

Data come from the schemas alone. Every session ends with a request on an untouched socket, the witness: others are served meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from proof.documents import PROTOBUF, Json
from proof.protobuf import Inexpressible
from proof.ws.codec import Codec
from proof.ws.contract import Operation
from proof.ws.player import CREDENTIALS
from proof.ws.scene import Scene, linked
from proof.ws.session import Control, Cut, Open, Raw, Send, Session, Settle, Step, Wants, said
from proof.ws.topics import happenings, publishers, topics

MANY = 40
"""Requests of one session; a socket runs 32 at once."""
OVERSIZE = 70_000
TINY = (
    "",
    "null",
    "5",
    "[1]",
    "{}",
    '{"pkg_id":1}',
    '{"type":"no_such_control"}',
    "{",
    "\u0000",
    "{}{}",
    '"text"',
    "[" * 5000,
)
EVIL = "https://evil.example"


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    sessions: SearchStrategy[Session]


def plans(scene: Scene) -> list[Plan]:
    """Every plan that the document gives something to."""
    out = [Plan(f"payloads:{one.name}", payloads(scene, one)) for one in scene.socket.operations]
    out += [Plan(f"story:{one.name}", stories(scene, one)) for one in scene.socket.operations if one.links]
    out.append(Plan("callers", callers(scene)))
    out.append(Plan("interleaving", interleaving(scene)))
    out.append(Plan("protocol", protocol(scene)))
    if scene.socket.speaks_stele:
        out.append(Plan("credentials", credentials(scene)))
        out.append(Plan("topics", topics(scene)))
    out += [Plan(f"events:{one.name}", happenings(scene, one)) for one in publishers(scene)]
    return out


@st.composite
def payloads(draw: DrawFn, scene: Scene, operation: Operation) -> Session:
    """Data that fit and data that do not, the same in every encoding, beside one another."""
    schema, caller = scene.data_schema(operation), scene.able(operation)
    steps: list[Step] = [Open(encoding, encoding, caller) for encoding in scene.encodings]
    first, *others = scene.encodings
    pairs: list[tuple[str, ...]] = []
    for number in range(draw(st.integers(1, 6))):
        value = draw(scene.values.valid(schema))
        faults = scene.faults(operation, value)
        fault = draw(st.one_of(st.none(), st.sampled_from(faults))) if faults else None
        frame = scene.frame(operation, fault.value if fault else value)
        wants: Wants = "refused" if fault else "taken"
        labels = {f"{number}-{encoding}": encoding for encoding in scene.encodings}
        again = {f"{number}-{first}-again": first} if others and operation.is_safe and not fault else {}
        for label, encoding in (labels | again).items():
            steps += [Send(encoding, operation.name, label, frame, wants, repr(fault) if fault else ""), Settle()]
        pairs += [(f"{number}-{first}", f"{number}-{other}", *again) for other in others]
    return Session(f"payloads:{operation.name}", tuple(steps), tuple(pairs))


@st.composite
def stories(draw: DrawFn, scene: Scene, first: Operation) -> Session:
    """A thing is made, and its links are followed in any order: read, changed, read again in the other encoding, deleted, asked for."""
    names = [link.operation for link in first.links]
    targets = [
        scene.socket.operation(name) for name in names if any(one.name == name for one in scene.socket.operations)
    ]
    caller = scene.able_of_all([first, *targets])
    steps: list[Step] = [Open(encoding, encoding, caller) for encoding in scene.encodings]
    value = draw(scene.values.valid(scene.data_schema(first)))
    began = draw(st.sampled_from(scene.encodings))
    steps += [Send(began, first.name, "s/0", scene.frame(first, value), "taken"), Settle()]
    links = {link.operation: link for link in first.links}
    for number in range(1, 1 + draw(st.integers(2, 8))):
        target = draw(st.sampled_from(targets))
        data = draw(linked(scene, target, links[target.name], "s/0"))
        steps += [
            Send(draw(st.sampled_from(scene.encodings)), target.name, f"s/{number}", scene.frame(target, data)),
            Settle(),
        ]
    return Session(f"story:{first.name}", tuple(steps))


@st.composite
def callers(draw: DrawFn, scene: Scene) -> Session:
    """Each operation by each caller, with what fits and with what does not."""
    steps: list[Step] = []
    for number in range(draw(st.integers(1, 4))):
        caller, encoding = draw(st.sampled_from(sorted(scene.roles))), draw(st.sampled_from(scene.encodings))
        name = f"{caller}-{number}"
        steps.append(Open(name, encoding, caller))
        for index in range(draw(st.integers(1, 3))):
            operation = draw(st.sampled_from(scene.socket.operations))
            value = draw(scene.values.valid(scene.data_schema(operation)))
            steps.append(Send(name, operation.name, f"{number}-{index}", scene.frame(operation, value), "taken"))
        steps.append(Settle())
    return Session("callers", tuple(steps))


@st.composite
def interleaving(draw: DrawFn, scene: Scene) -> Session:
    """Many requests in flight on some sockets, some of them cancelled, some sockets cut; all others are answered, each once."""
    count = draw(st.integers(1, 3))
    names = [f"s{number}" for number in range(count)]
    able = {one.name: scene.able(one) for one in scene.socket.operations}
    owner = {name: draw(st.sampled_from(sorted(set(able.values())))) for name in names}
    steps: list[Step] = [Open(name, draw(st.sampled_from(scene.encodings)), owner[name]) for name in names]
    sent: list[tuple[str, str]] = []
    for number in range(draw(st.integers(2, MANY))):
        name = draw(st.sampled_from(names))
        allowed = [one for one in scene.socket.operations if one.allows(scene.roles[owner[name]])]
        operation = draw(st.sampled_from(allowed or list(scene.socket.operations)))
        value = draw(scene.values.valid(scene.data_schema(operation)))
        steps.append(Send(name, operation.name, f"r{number}", scene.frame(operation, value), "taken"))
        sent.append((name, f"r{number}"))
        if scene.socket.speaks_stele and draw(st.integers(0, 7)) == 0:
            where, label = draw(st.sampled_from(sent))
            steps.append(Control(where, {"type": "cancel", "req_id": said(label, "/req_id")}))
    if draw(st.booleans()):
        steps.append(Cut(names[-1]))
    return Session("interleaving", (*steps, Settle(), *scene.witness()))


@st.composite
def protocol(draw: DrawFn, scene: Scene) -> Session:
    """Bytes that are no frame, or one of another kind: refused or closed by a code of the table, and nobody else hears of it."""
    encoding = draw(st.sampled_from(scene.encodings))
    is_text = scene.socket.encodings[encoding] != PROTOBUF
    operation = draw(st.sampled_from(scene.socket.operations))
    steps: list[Step] = [Open("p", encoding, scene.able(operation))]
    for _ in range(draw(st.integers(1, 4))):
        steps.append(draw(_raw(scene, encoding, operation, is_text=is_text)))
    steps.append(Settle())
    value = draw(scene.values.valid(scene.data_schema(operation)))
    steps += [Send("p", operation.name, "after", scene.frame(operation, value), "taken"), Settle(), *scene.witness()]
    return Session("protocol", tuple(steps))


@st.composite
def _raw(draw: DrawFn, scene: Scene, encoding: str, operation: Operation, *, is_text: bool) -> Raw:
    frame = {
        **scene.frame(operation, draw(scene.values.valid(scene.data_schema(operation)))),
        "req_id": str(draw(st.uuids())),
    }
    whole = _written(scene.codecs[scene.socket.encodings[encoding]], frame)
    kinds: list[Callable[[], tuple[bytes, str, int]]] = [
        lambda: (draw(st.binary(max_size=200)), "noise", 1),
        lambda: (whole[: draw(st.integers(0, max(0, len(whole) - 1)))], "a frame that is cut off", 1),
        lambda: (_flipped(whole, draw(st.integers(0, max(0, len(whole) * 8 - 1)))), "a frame with one bit flipped", 1),
        lambda: (b"x" * OVERSIZE, "more than a message may have", 1),
        lambda: (whole, "a frame in many fragments", draw(st.integers(2, 60))),
    ]
    if is_text:
        kinds.append(lambda: (draw(st.sampled_from(TINY)).encode(), "text that is no request", 1))
        kinds.append(lambda: (_wrong(draw, frame), "a frame with a wrong member", 1))
    chosen = draw(st.sampled_from(kinds))
    data, why, fragments = chosen()
    return Raw("p", data, is_text, why, fragments)


def _wrong(draw: DrawFn, frame: Json) -> bytes:
    """A member is missing, of another type, unknown, or there is one more."""
    out = dict(frame)
    name = draw(st.sampled_from(sorted(out)))
    match draw(st.integers(0, 3)):
        case 0:
            del out[name]
        case 1:
            out[name] = draw(st.sampled_from([None, True, 1.5, "text", [], {}, -1, 0, 99_999, 2**40]))
        case 2:
            out["no_such_member"] = 1
        case _:
            out["status_code"] = 0
    return json.dumps(out).encode()


def _written(codec: Codec, frame: Json) -> bytes:
    try:
        raw = codec.write(frame)
    except Inexpressible:
        return b""
    return raw.encode() if isinstance(raw, str) else raw


def _flipped(whole: bytes, bit: int) -> bytes:
    out = bytearray(whole)
    if out:
        out[bit // 8] ^= 1 << bit % 8
    return bytes(out)


@st.composite
def credentials(draw: DrawFn, scene: Scene) -> Session:
    """Handshakes by forms of credential, good and bad, and from a page of nobody's; a refused refresh changes nothing."""
    steps: list[Step] = []
    caller, encoding = draw(st.sampled_from(sorted(scene.roles))), draw(st.sampled_from(scene.encodings))
    for number, credential in enumerate(
        draw(st.lists(st.sampled_from(CREDENTIALS), min_size=1, max_size=5, unique=True))
    ):
        name = f"c{number}"
        steps.append(Open(name, encoding, caller, credential, draw(st.sampled_from([None, None, None, EVIL]))))
        if draw(st.booleans()):
            steps.append(Control(name, {"type": "auth", "token": "Bearer garbage"}, ("control-authenticated",)))
        operation = draw(st.sampled_from(scene.socket.operations))
        value = draw(scene.values.valid(scene.data_schema(operation)))
        steps += [Send(name, operation.name, f"r{number}", scene.frame(operation, value), "taken"), Settle()]
    return Session("credentials", (*steps, *scene.witness()))

"""Checks of what a request left behind: what is read afterwards, what was kept of it, and which events it had, under which names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from proof.difference import difference
from proof.documents import Json
from proof.ws.contract import Operation
from proof.ws.finding import Case, Finding, found
from proof.ws.names import admits, fault_of, hearing, topic_of
from proof.ws.transcript import Call, Entry

NOT_FOUND = 5
NIL = "00000000-0000-0000-0000-000000000000"
FAR, NO_EPOCH = 2**53 - 1, "0"
"""Of positions that no topic ever had."""


def read_after_write(case: Case) -> Iterator[Finding]:
    """What a command answered is what a read of the same thing answers next, in each encoding; what was deleted is not found."""
    for stored, call in _reads(case):
        if call.code == "ok" and stored is None:
            yield found(call, "deleted-is-gone", f"what was deleted is answered {call.code!r}")
        elif stored is not None and call.code == "ok" and (differs := difference(stored, call.data)):
            yield found(call, "read-after-write", f"a read differs from what was written in {differs}")
        elif stored is not None and call.answer is not None and call.answer.get("status_code") == NOT_FOUND:
            yield found(call, "read-after-write", "what was written is not found")


def keeps_input(case: Case) -> Iterator[Finding]:
    """Where a command's answer has a field of its request, it has the value that was sent."""
    for call, operation in case.calls():
        data, asked = call.data, call.frame.get("data")
        if operation.is_safe or call.code != "ok" or not isinstance(data, dict) or not isinstance(asked, dict):
            continue
        for name in sorted(asked.keys() & data.keys()):
            if asked[name] is None:
                continue
            if differs := difference(asked[name], _as_asked(data[name], asked[name]), f"/{name}"):
                yield found(call, "keeps-input", f"what was sent and what is answered differ in {differs}")


def events(case: Case) -> Iterator[Finding]:
    """An event that was waited for comes once to each socket that follows its topic, and tells what the call answered."""
    for label, frame in case.transcript.heard.items():
        happened = case.event_of(frame)
        for call, operation in case.calls():
            told = _thing_in(frame.get("data"), call.data)
            if (
                happened is not None
                and happened.name in operation.publishes
                and call.code == "ok"
                and told is not None
                and (differs := difference(call.data, told))
            ):
                yield found(call, "event-delivered", f"{label}: the event and the answer differ in {differs}")
    for socket, event in case.transcript.missed:
        yield Finding(
            "event-delivered", event, case.transcript.encodings.get(socket, ""), "the event of a call did not come"
        )
    for socket in case.transcript.subscribed:
        seen: dict[tuple[Any, ...], int] = {}
        for entry in case.transcript.came(socket):
            frame = entry.frame or {}
            if frame.get("req_id") == NIL and "offset" in frame:
                place = (frame.get("topic"), frame.get("epoch"), frame["offset"])
                seen[place] = seen.get(place, 0) + 1
        for place, count in seen.items():
            if count > 1:
                encoding = case.transcript.encodings.get(socket, "")
                yield Finding("event-once", str(place[0]), encoding, f"offset {place[2]} came {count} times")


def names(case: Case) -> Iterator[Finding]:
    """A value or filter that a topic cannot have is refused, at its place, and no other is; what a name lets through comes under it, and
    nothing else does."""
    for socket in case.transcript.subscribed:
        entries = [one for one in case.transcript.entries if one.socket == socket]
        encoding = case.transcript.encodings.get(socket, "")
        for check, text in [*_misjudged(case, entries), *_misled(case, socket)]:
            yield Finding(check, "socket", encoding, text)


def _misjudged(case: Case, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """A session waits for each answer before it asks again."""
    asked: list[str] = []
    for entry in entries:
        frame = entry.frame or {}
        if entry.kind == "sent" and frame.get("type") == "subscribe":
            asked = frame["topics"]
        if entry.kind != "came":
            continue
        for name in frame["topics"] if frame.get("type") == "subscribed" else ():
            if fault := fault_of(case.socket.topics, name):
                yield "name-judged", f"{name!r} is followed, with {fault}"
        for index in _refused(frame):
            name = asked[index] if index < len(asked) else ""
            if topic_of(case.socket.topics, name) and not fault_of(case.socket.topics, name):
                yield "name-judged", f"{name!r} is refused as a name, and its topic has it"


def _refused(frame: Json) -> Iterator[int]:
    """The indices of the topics that a problem points to."""
    data = frame.get("data")
    errors = data.get("errors", ()) if isinstance(data, dict) and frame.get("status_code") else ()
    for one in errors if isinstance(errors, list) else ():
        index = str(one.get("pointer", "")).removeprefix("/topics/") if isinstance(one, dict) else ""
        if index.isdecimal():
            yield int(index)


def _misled(case: Case, socket: str) -> Iterator[tuple[str, str]]:
    """Of an event that was waited for nothing is under way any more when the session ends."""
    topics, followed = case.socket.topics, case.transcript.followed(socket)
    told = [entry.frame or {} for entry in case.transcript.came(socket)]
    told = [frame for frame in told if frame.get("req_id") == NIL and "offset" in frame]
    for frame in told:
        name = str(frame.get("topic"))
        is_judged = topic_of(topics, name) and not fault_of(topics, name)
        if is_judged and not admits(topics, name, frame.get("data")):
            yield "name-kept", f"{name!r} lets through what it should not: {frame.get('data')!r}"[:400]
    for frame in case.transcript.heard.values():
        event = case.event_of(frame) if frame in told else None
        due = hearing(topics, followed, event.topics, frame.get("data")) if event else set[str]()
        for name in sorted(due - case.transcript.under(socket, frame)):
            yield (
                "name-kept",
                f"an event came under {frame.get('topic')!r} and not under {name!r}: {frame.get('data')!r}"[:400],
            )


def resumption(case: Case) -> Iterator[Finding]:
    """A position that an event had is resumed from, and none that its topic never had."""
    told = {_place(entry.frame) for entry in case.transcript.came() if entry.frame and "offset" in entry.frame}
    for socket in case.transcript.subscribed:
        asked: list[Json] = []
        for entry in (one for one in case.transcript.entries if one.socket == socket):
            frame = entry.frame or {}
            if entry.kind == "sent" and frame.get("type") == "subscribe":
                asked = frame.get("positions", [])
            answers = frame.get("positions", ()) if entry.kind == "came" and frame.get("type") == "subscribed" else ()
            recovered = {one["topic"]: one["recovered"] for one in answers}
            for one in asked if answers else ():
                is_known, is_strange = _place(one) in told, one["offset"] >= FAR or one["epoch"] == NO_EPOCH
                if (is_known or is_strange) and recovered.get(one["topic"]) is not is_known:
                    text = f"{one} is answered as {'recovered' if is_strange else 'lost'}"
                    yield Finding("resumed", "socket", case.transcript.encodings.get(socket, ""), text)


def _place(frame: Json) -> tuple[Any, ...]:
    return frame.get("topic"), frame.get("epoch"), frame.get("offset")


def _as_asked(told: Any, asked: Any) -> Any:
    """Without the members that the request did not have: a service fills in what is left out."""
    if isinstance(told, dict) and isinstance(asked, dict):
        return {name: _as_asked(one, asked[name]) for name, one in told.items() if name in asked}
    if isinstance(told, list) and isinstance(asked, list) and len(told) == len(asked):
        return [_as_asked(one, other) for one, other in zip(told, asked, strict=True)]
    return told


def _reads(case: Case) -> Iterator[tuple[Json | None, Call]]:
    """Each read of one thing that a story leads to, with what the last command said of the thing; None once it is deleted."""
    if not case.session.plan.startswith("story"):
        return
    stored: dict[Any, Json | None] = {}
    for call, operation in case.calls():
        key = _identity(call)
        if key is None:
            continue
        if not operation.is_safe and call.code == "ok":
            if isinstance(call.data, dict):
                stored[key] = call.data
            elif _deletes(operation):
                stored[key] = None
        elif operation.is_safe and key in stored and operation.result == _type_of(case, key):
            yield stored[key], call


def _thing_in(data: Any, answer: Any) -> Json | None:
    """The member of an event that is of the answer's shape."""
    if not isinstance(data, dict) or not isinstance(answer, dict):
        return None
    return next(
        (one for one in data.values() if isinstance(one, dict) and one.keys() & answer.keys() == answer.keys()), None
    )


def _identity(call: Call) -> Any:
    """The label of what began the story: its steps are one after the other, and speak of one thing."""
    return call.send.label.partition("/")[0] if "/" in call.send.label else None


def _type_of(case: Case, key: Any) -> str:
    first = next(call for call, _ in case.calls() if _identity(call) == key)
    return case.socket.operation(first.send.operation).result


def _deletes(operation: Operation) -> bool:
    return not operation.result and operation.name.split("_")[0] in ("delete", "remove")

"""Checks of what a request left behind: what is read afterwards, what was kept of it, and which events it had, under which names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from proof.difference import difference
from proof.documents import Json
from proof.ws.contract import Operation
from proof.ws.filters import admits, fault_of
from proof.ws.finding import Case, Finding, found
from proof.ws.transcript import Call, Entry

NOT_FOUND = 5
NIL = "00000000-0000-0000-0000-000000000000"


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
        for call, operation in case.calls():
            told = _thing_in(frame.get("data"), call.data)
            if (
                operation.publishes
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


def filters(case: Case) -> Iterator[Finding]:
    """A filter that its topic cannot have is refused, at its place, and no other is; what a filter lets through comes under its name, and
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
            if fault := fault_of(case.socket.filters, name):
                yield "filter-judged", f"{name!r} is followed, with {fault}"
        for index in _refused(frame):
            name = asked[index] if index < len(asked) else ""
            if "?" in name and not fault_of(case.socket.filters, name):
                yield "filter-judged", f"{name!r} is refused, and its topic has such a filter"


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
    awaited = {(one.get("epoch"), one.get("offset")) for one in case.transcript.heard.values()}
    told = [entry.frame or {} for entry in case.transcript.came(socket)]
    told = [frame for frame in told if frame.get("req_id") == NIL and "offset" in frame]
    heard = {(frame.get("topic"), frame.get("epoch"), frame["offset"]) for frame in told}
    for frame in told:
        name, place = str(frame.get("topic")), (frame.get("epoch"), frame["offset"])
        if not fault_of(case.socket.filters, name) and not admits(case.socket.filters, name, frame.get("data")):
            yield "filter-kept", f"{name!r} lets through what it should not: {frame.get('data')!r}"[:400]
        for other in sorted(case.transcript.subscribed[socket]) if place in awaited else ():
            is_its = other.partition("?")[0] == name != other and not fault_of(case.socket.filters, other)
            if is_its and admits(case.socket.filters, other, frame.get("data")) and (other, *place) not in heard:
                yield "filter-kept", f"offset {place[1]} came under {name!r} and not under {other!r}"


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

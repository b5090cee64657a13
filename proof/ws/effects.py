"""Checks of what a request left behind: what is read afterwards, what was kept of it, and which events it had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proof.documents import Json
from proof.ws.contract import Operation
from proof.ws.difference import data_of, difference
from proof.ws.finding import Case, Finding, found
from proof.ws.transcript import Call

NOT_FOUND = 5
NIL = "00000000-0000-0000-0000-000000000000"


def read_after_write(case: Case) -> Iterator[Finding]:
    """What a command answered is what a read of the same thing answers next, in each encoding; what was deleted is not found."""
    for stored, call in _reads(case):
        if call.code == "ok" and stored is None:
            yield found(call, "deleted-is-gone", f"what was deleted is answered {call.code!r}")
        elif stored is not None and call.code == "ok" and (differs := difference(stored, data_of(call), "")):
            yield found(call, "read-after-write", f"a read differs from what was written in {differs}")
        elif stored is not None and call.answer is not None and call.answer.get("status_code") == NOT_FOUND:
            yield found(call, "read-after-write", "what was written is not found")


def keeps_input(case: Case) -> Iterator[Finding]:
    """Where a command's answer has a field of its request, it has the value that was sent."""
    for call, operation in case.calls():
        data, asked = data_of(call), call.frame.get("data")
        if operation.is_safe or call.code != "ok" or not isinstance(data, dict) or not isinstance(asked, dict):
            continue
        for name in sorted(asked.keys() & data.keys()):
            if asked[name] is not None and (differs := difference(asked[name], data[name], f"/{name}")):
                yield found(call, "keeps-input", f"what was sent and what is answered differ in {differs}")


def events(case: Case) -> Iterator[Finding]:
    """An event that was waited for comes once to each socket that follows its topic, and tells what the call answered."""
    for label, frame in case.transcript.heard.items():
        for call, operation in case.calls():
            told = _thing_in(frame.get("data"), data_of(call))
            if (
                operation.publishes
                and call.code == "ok"
                and told is not None
                and (differs := difference(data_of(call), told, ""))
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
            data = data_of(call)
            if isinstance(data, dict):
                stored[key] = data
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

"""Whether the events that came to a socket are those of the recording. Their order is that of their transactions, so they are looked for, each
among all; one more than was recorded is told where the recording would have had it."""

from __future__ import annotations

from proof.traffic.judge import Case, Judge
from proof.traffic.lines import Body
from proof.traffic.script import Close


def judge_events(judge: Judge, case: Case, step: Close, now: list[Body], *, was_idle: bool) -> None:
    """`now` is what came until the socket was closed; `was_idle` says that the recorded one was open for long enough after its last."""
    left = list(now)
    matched: list[Body] = []
    for frame in step.pushes:
        found = next((one for one in left if not _differs(judge, case, frame.body, one)), None)
        if found is not None:
            left.remove(found)
            matched.append(found)
            judge.event(case, frame.body, found, learns=True)
        else:
            _tell_missed(judge, case, frame.body, left)
    for one in left:
        if was_idle or any(_is_not_later(one, other) for other in matched):
            case.tell("event", f"{event_name(judge, one)} came, and was not recorded", "", None, one.value)


def _differs(judge: Judge, case: Case, then: Body, now: Body) -> bool:
    if _number(then) != _number(now):
        return True
    trial = Case(case.about, case.number, case.own)
    judge.event(trial, then, now, learns=False)
    return bool(trial.found)


def _tell_missed(judge: Judge, case: Case, then: Body, left: list[Body]) -> None:
    """With what differs, where one of its kind came."""
    name = event_name(judge, then)
    near = next((one for one in left if _number(one) == _number(then)), None)
    if near is None:
        case.tell("event", f"{name} did not come", "", then.value, None)
        return
    left.remove(near)
    trial = Case(case.about, case.number, case.own)
    judge.event(trial, then, near, learns=False)
    for one in trial.found:
        case.tell("event", f"{name}: {one.text}", one.pointer, one.recorded, one.now)


def event_name(judge: Judge, body: Body) -> str:
    socket = judge.contract.socket
    number = _number(body)
    return next((one.name for one in socket.events if one.pkg_id == number), "an event") if socket else "an event"


def _number(body: Body) -> object:
    return body.value.get("pkg_id") if isinstance(body.value, dict) else None


def _is_not_later(one: Body, other: Body) -> bool:
    """In its topic."""
    first, second = one.value, other.value
    if first.get("topic") != second.get("topic"):
        return False
    return isinstance(first.get("offset"), int) and first["offset"] <= second.get("offset", -1)

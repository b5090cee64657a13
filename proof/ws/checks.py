"""What must be true of every session, whatever was sent: one check each, with an id and a line for people.

A check reads the transcript and the contract, and asks the service nothing. What the service did wrong, and only that, is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from proof.difference import difference
from proof.ws.contract import Operation
from proof.ws.effects import events, keeps_input, names, read_after_write, resumption
from proof.ws.finding import Case, Finding, found
from proof.ws.names import topic_of
from proof.ws.player import GOOD
from proof.ws.session import Control, Open, Raw, Send
from proof.ws.transcript import Call, Entry

INVALID = frozenset({"invalid_data", "malformed"})
PERMISSION_DENIED = 3
ABNORMAL = 1006
OWN_CODES = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1012})
"""Of RFC 6455 §7.4.1, and 1012 of its registry: what a server may say without a table."""
MILD = frozenset({1000, 1001, ABNORMAL})
"""What no bad frame is a reason for: it is answered, or the code says what was wrong."""
CRASHED = 1011
WHOLE = 65536
"""Bytes that a server surely has read when it judges a frame by its head."""
SLACK_S = 0.75
"""Above a deadline and the 250 ms in which a service has to say that it passed: the way, and this machine."""


def one_reply(case: Case) -> Iterator[Finding]:
    """Each request has exactly one reply; one that was cancelled, or whose socket ended, at most one."""
    for call, operation in case.calls():
        if len(call.replies) > 1:
            yield found(call, "one-reply", f"{len(call.replies)} replies to one request")
        elif not call.replies and operation.replies and not call.is_cancelled and not call.is_lost:
            yield found(call, "one-reply", "no reply to a request")


def reply_time(case: Case) -> Iterator[Finding]:
    """A reply comes by the request's deadline and 250 ms, with the time of the way."""
    for call, operation in case.calls():
        limit_s = call.timeout_s(operation.timeout_s) + 0.25 + SLACK_S
        if call.replies and call.replies[0].at_s - call.at_s > limit_s:
            took_s = call.replies[0].at_s - call.at_s
            yield found(call, "reply-time", f"the reply took {took_s:.2f} s, at most {limit_s:.2f} s are allowed")


def reply_schema(case: Case) -> Iterator[Finding]:
    """A reply is one of the messages that its operation declares, to the last member."""
    for call, operation in case.calls():
        for entry in call.replies:
            if operation.replies and not any(
                case.values.is_valid(one, entry.frame) for one in operation.replies.values()
            ):
                yield found(call, "reply-schema", f"the reply fits no declared message: {_why(case, operation, entry)}")


def declared_error(case: Case) -> Iterator[Finding]:
    """A refusal has a code that its operation declares, and the status of that code."""
    for call, operation in case.calls():
        if operation.errors is None or call.answer is None or call.code in ("ok", ""):
            continue
        if call.code not in operation.errors:
            yield found(call, "declared-error", f"the code {call.code!r} is none of the operation's")
            continue
        due = case.socket.catalogue.get(call.code, {}).get("status_code")
        if due is not None and call.answer.get("status_code") != due:
            text = f"{call.code!r} has status_code {call.answer.get('status_code')}, the catalogue says {due}"
            yield found(call, "declared-error", text)


def no_internal(case: Case) -> Iterator[Finding]:
    """Nothing that a caller sends is answered as the service's own failure."""
    for call, _ in case.calls():
        if call.code == "internal":
            yield found(call, "no-internal", f"answered `internal`{_given(call)}")


def verdict(case: Case) -> Iterator[Finding]:
    """What fits the request's schema is not refused as unfit, and what does not fit is, before anything else is said of it."""
    for call, operation in case.calls():
        if call.answer is None or not operation.allows(case.roles[call.caller]) or _is_too_much(call):
            continue
        if call.send.wants == "taken" and call.code in INVALID and not _is_of_key(call):
            yield found(call, "valid-taken", f"data that fits its schema is refused: {_told(call)}")
        if call.send.wants == "refused" and call.code not in INVALID:
            yield found(
                call, "invalid-refused", f"data that breaks its schema ({call.send.why}) is answered {call.code!r}"
            )


def policy(case: Case) -> Iterator[Finding]:
    """Who lacks a role is refused for that, and who has it never is; and whose socket is open is known."""
    for call, operation in case.calls():
        if call.code == "unauthenticated" and operation.roles is not None:
            yield found(call, "policy", f"{call.caller} has proved who that is, and is answered `unauthenticated`")
        if call.answer is None or _is_too_much(call):
            continue
        allowed, denied = operation.allows(case.roles[call.caller]), call.answer.get("status_code") == PERMISSION_DENIED
        if allowed and denied:
            yield found(call, "policy", f"{call.caller} has the roles, and is refused: {_told(call)}")
        elif not allowed and not denied:
            yield found(call, "policy", f"{call.caller} lacks the roles, and is answered {call.code!r}")


def encodings_agree(case: Case) -> Iterator[Finding]:
    """The same request is judged alike in every encoding, with the same faults at the same places, and answers alike."""
    for labels in case.session.pairs:
        calls = [case.transcript.calls.get(label) for label in labels]
        answered = [one for one in calls if one is not None and one.answer is not None and not _is_too_much(one)]
        if len(answered) < len(labels):
            continue
        first, second, *again = answered
        differs = _judged_otherwise(case, first, second)
        if differs and all(_judged_otherwise(case, second, one) for one in again):
            yield found(first, "encodings-agree", f"{differs}{_given(first)}")


def declared_message(case: Case) -> Iterator[Finding]:
    """Every frame that comes is a declared message: a reply to what was asked, or an event of a topic that is followed."""
    replies = {id(entry) for call in case.transcript.calls.values() for entry in call.replies}
    for entry in case.transcript.entries:
        if entry.kind == "unreadable":
            yield _of_socket(case, entry, "declared-message", f"a frame cannot be read: {entry.text}")
        if entry.kind == "came" and id(entry) not in replies and (fault := _undeclared(case, entry)):
            yield _of_socket(case, entry, "declared-message", fault)


def close_code(case: Case) -> Iterator[Finding]:
    """A socket is closed by a code of the table or of RFC 6455, never by 1011, and never without a word.

    The word is not missed where it may have been lost on the way: a system that has bytes which nobody read when a socket is
    closed resets the connection, and the peer loses what it had not read yet (RFC 9112 §9.6 tells the same of HTTP).
    """
    cut = {entry.socket for entry in case.transcript.entries if entry.kind == "cut"}
    overrun = _overrun(case)
    provoked = _provoked(case)
    table = case.socket.close_codes
    allowed = OWN_CODES | (frozenset(range(3000, 5000)) if table is None else frozenset(table.values()))
    last = max((entry.at_s for entry in case.transcript.entries if entry.kind != "closed"), default=0.0)
    for entry in case.transcript.entries:
        if entry.kind != "closed" or entry.socket in cut or (entry.code == ABNORMAL and entry.socket in overrun):
            continue
        if entry.code == CRASHED:
            yield _of_socket(case, entry, "no-1011", "the socket ended by 1011: the service failed")
        elif entry.code not in allowed:
            yield _of_socket(case, entry, "close-code", f"the socket ended by {entry.code}, which is not in the table")
        elif (
            entry.at_s < last and _was_open(case, entry.socket) and (entry.socket not in provoked or entry.code in MILD)
        ):
            yield _of_socket(
                case, entry, "stays-open", f"the socket was closed by {entry.code} although nothing broke the protocol"
            )


def handshake(case: Case) -> Iterator[Finding]:
    """A good credential opens a socket, and nothing else does: 401 before the upgrade, or a close after the first frame."""
    unproven = {(case.socket.close_codes or {}).get(name) for name in ("invalid_token", "auth_timeout")}
    for step in case.session.steps:
        if not isinstance(step, Open):
            continue
        entries = [one for one in case.transcript.entries if one.socket == step.socket]
        opened = any(one.kind == "opened" for one in entries)
        proven = opened and not any(one.kind == "closed" and one.code in unproven for one in entries)
        good = step.credential in GOOD and step.caller in case.roles and step.origin is None
        refused = next((one for one in entries if one.kind == "refused"), None)
        if refused and refused.code in (429, 503):
            continue
        if good and not proven:
            yield Finding(
                "handshake",
                step.credential,
                step.encoding,
                f"{step.caller} is refused: {entries[0] if entries else ''}",
            )
        if not good and proven:
            yield Finding(
                "handshake",
                step.credential,
                step.encoding,
                f"a socket opens with {step.credential}, origin {step.origin}",
            )
        if refused and refused.code >= 500:
            yield Finding("handshake", step.credential, step.encoding, f"a handshake is answered {refused.code}")


Check = Callable[[Case], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    *(
        one_reply,
        reply_time,
        reply_schema,
        declared_error,
        no_internal,
        verdict,
        policy,
        encodings_agree,
        declared_message,
    ),
    *(close_code, handshake, read_after_write, keeps_input, events, names, resumption),
)
IDS: dict[str, str] = {
    "one-reply": "Each request has exactly one reply, under its own id.",
    "reply-time": "A reply comes by the request's deadline.",
    "reply-schema": "A reply fits the schema that its operation declares.",
    "declared-error": "A refusal has a code that its operation declares, with that code's status.",
    "no-internal": "Nothing that a caller sends is answered as a failure of the service.",
    "valid-taken": "Data that fits its schema is not refused as unfit.",
    "invalid-refused": "Data that breaks its schema is refused as unfit.",
    "policy": "Who lacks a role is refused for that, who has it is not, and who has an open socket is known.",
    "encodings-agree": "The same request has the same verdict and the same answer in each encoding.",
    "declared-message": "Every frame that comes is a declared message that was asked for or is followed.",
    "close-code": "A socket is closed by a code of the table.",
    "no-1011": "No socket ends by 1011.",
    "stays-open": "A socket that broke nothing stays open.",
    "handshake": "A good credential opens a socket; nothing else does.",
    "read-after-write": "A read answers what was written last.",
    "deleted-is-gone": "What was deleted is not found.",
    "keeps-input": "Where a command answers a field of its request, it is the value that was sent.",
    "event-delivered": "A call's event comes to each socket that follows its topic.",
    "event-once": "An event comes once.",
    "name-judged": "A value or a filter that its topic cannot have is refused, and no other is.",
    "name-kept": "Under a name with values or a filter comes what these let through, and nothing else.",
    "resumed": "A position that an event had is resumed from, and none that its topic never had.",
    "others-unaffected": "While one socket misbehaves, another is answered.",
    "no-growth": "After many sessions the service holds no more memory, tasks, files or sockets than before.",
}
"""Every finding's id with its line in the documents."""


def judge(case: Case) -> list[Finding]:
    """By every check."""
    return [finding for check in CHECKS for finding in check(case)]


def _judged_otherwise(case: Case, first: Call, second: Call) -> str:
    """In what two answers to one request differ; empty where they agree."""
    if first.code != second.code:
        judged = first.code in INVALID, second.code in INVALID
        if all(judged) or (not case.socket.operation(first.send.operation).is_safe and not any(judged)):
            return ""  # What a command does, its twin may find done.
        return f"{first.encoding} is answered {first.code!r}, {second.encoding} {second.code!r}"
    differs = _answers_differ(first, second) if first.code == "ok" else ""
    return f"the answers differ in {differs}" if differs else ""


def _answers_differ(first: Call, second: Call) -> str:
    """Where two answers to one request differ in what the request said; an id or a moment is each answer's own."""
    one, two, asked = first.data, second.data, first.frame.get("data")
    if not isinstance(one, dict) or not isinstance(two, dict) or not isinstance(asked, dict):
        return ""
    first_says, second_says = ({name: value for name, value in data.items() if name in asked} for data in (one, two))
    return difference(first_says, second_says)


def _is_too_much(call: Call) -> bool:
    """What was not judged at all."""
    return call.code in ("rate_limited", "unavailable", "timeout", "unauthenticated", "outcome_unknown", "")


def _is_of_key(call: Call) -> bool:
    return call.code == "idempotency_key_reused"


def _given(call: Call) -> str:
    return f", given {call.frame.get('data')!r}"[:400]


def _told(call: Call) -> str:
    if not isinstance(call.data, dict):
        return call.code
    faults = ", ".join(f"{one.get('pointer')} {one.get('message')}" for one in call.data.get("errors") or ())
    return f"{call.code!r} {call.data.get('detail') or ''} {faults}".strip()


def _why(case: Case, operation: Operation, entry: Entry) -> str:
    name = next(iter(operation.replies)) if (entry.frame or {}).get("status_code") == 0 else "problem"
    schema = operation.replies.get(name) or next(iter(operation.replies.values()))
    faults = [str(one) for one in case.values.judge(schema).iter_errors(entry.frame)]
    return " ".join(faults[:1]).split("\n", 1)[0][:300]


def _of_socket(case: Case, entry: Entry, check: str, text: str) -> Finding:
    return Finding(check, "socket", case.transcript.encodings.get(entry.socket, ""), text)


def _was_open(case: Case, socket: str) -> bool:
    good = {one.socket for one in case.session.steps if isinstance(one, Open) and one.credential in GOOD}
    return socket in good and any(one.kind == "opened" and one.socket == socket for one in case.transcript.entries)


def _undeclared(case: Case, entry: Entry) -> str:
    """Why a frame that answers no request may not have come."""
    frame = entry.frame or {}
    fitting = [name for name, schema in case.socket.answers.items() if case.values.is_valid(schema, frame)]
    if not fitting:
        return f"a frame fits no declared message: {entry}"
    event = next((one for one in case.socket.events if one.name in fitting), None)
    if event is not None and "status_code" not in frame:
        topic = frame.get("topic", event.topic)
        if topic and topic not in case.transcript.subscribed.get(entry.socket, set()):
            return f"an event of {topic!r} comes to a socket that does not follow it"
        if not event.allows(case.roles[case.transcript.callers[entry.socket]]):
            return f"an event comes to {case.transcript.callers[entry.socket]}, who lacks its role"
        return ""
    if frame.get("type") == "subscribed" and (denied := _denied_topics(case, entry)):
        return f"{case.transcript.callers[entry.socket]} follows {denied}, whose role is missing"
    if frame.get("status_code") == 0 and entry.socket not in _provoked(case):
        return f"a reply to nothing that was asked: {entry}"
    return ""


def _denied_topics(case: Case, entry: Entry) -> str:
    roles = case.roles[case.transcript.callers[entry.socket]]
    denied = {topic for one in case.socket.events for topic in one.topics if not one.allows(roles)}
    followed = set((entry.frame or {}).get("topics", ()))
    return ", ".join(sorted(one for one in followed if topic_of(case.socket.topics, one) in denied))


def _overrun(case: Case) -> set[str]:
    """Sockets that may have been closed while bytes of the client's were unread: after a bad frame came more of them."""
    found, provoked = set[str](), set[str]()
    for step in case.session.steps:
        if isinstance(step, Raw | Send | Control):
            found |= {step.socket} & provoked
        if isinstance(step, Raw):
            provoked.add(step.socket)
            found |= {step.socket} if len(step.data) > WHOLE else set()
    return found


def _provoked(case: Case) -> set[str]:
    """Sockets that were sent what may be anything."""
    return {step.socket for step in case.session.steps if isinstance(step, Raw)}

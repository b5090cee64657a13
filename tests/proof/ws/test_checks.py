"""For each check a transcript that shows it, and one nearly equal that does not: no check is silent, and none cries at what is sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from proof.documents import Json
from proof.values import Values
from proof.ws.checks import CHECKS, IDS, judge
from proof.ws.contract import Controls, Event, Link, Operation, Socket
from proof.ws.effects import FAR, NO_EPOCH
from proof.ws.finding import WITNESS, Case
from proof.ws.names import Field, Topic
from proof.ws.session import Open, Raw, Send, Session, Step
from proof.ws.transcript import Call, Entry, Transcript

NIL = "00000000-0000-0000-0000-000000000000"
THING = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
BOOK = {"id": 1, "name": "Emma"}
NO_SUCH_FILTER = {"pkg_id": 60_003, "req_id": None, "status_code": 3, "data": {"errors": [{"pointer": "/topics/0"}]}}
EVIL = "https://evil.example"


def frame_of(data: Json) -> Json:
    return {
        "type": "object",
        "required": ["pkg_id", "req_id", "status_code", "data"],
        "properties": {"status_code": {"const": 0}, "data": data},
    }


PROBLEM = {
    "type": "object",
    "required": ["req_id", "status_code", "data"],
    "properties": {"status_code": {"type": "integer", "minimum": 1}, "data": {"required": ["code"]}},
}
PUSH = {
    "type": "object",
    "required": ["pkg_id", "topic", "offset", "data"],
    "properties": {"pkg_id": {"const": 9}},
}
CONTROL = {"type": "object", "required": ["type", "topics"], "properties": {"type": {"const": "subscribed"}}}


def operation(
    name: str, pkg_id: int, *, is_safe: bool = False, publishes: tuple[str, ...] = (), result: str = "thing"
) -> Operation:
    return Operation(
        name=name,
        frame={"type": "object"},
        correlation="/req_id",
        answers_at="/req_id",
        replies={f"{name}-reply": frame_of(THING if result else {"type": "null"}), "problem": PROBLEM},
        roles=(frozenset({"may"}),),
        errors=frozenset({"invalid_data", "taken", "forbidden", "not_found", "internal"}),
        timeout_s=1.0,
        pkg_id=pkg_id,
        is_safe=is_safe,
        publishes=publishes,
        links=(Link("get_thing", {"id": "$message.payload#/data/id"}),),
        result=result,
    )


OPERATIONS = (
    operation("make_thing", 1, publishes=("made",)),
    operation("get_thing", 2, is_safe=True),
    operation("delete_thing", 3, result=""),
)
ID = Field("/thing/id", {"type": "integer", "minimum": 1})
SOCKET = Socket(
    document={"asyncapi": "3.0.0", "components": {}},
    address="/web",
    encodings={"json": "application/json", "proto": "application/x-protobuf"},
    operations=OPERATIONS,
    events=(
        Event("made", PUSH, (frozenset({"may"}),), ("things", "things/{thing.id}"), 9, {"thing": "thing"}),
        Event("hidden", PUSH, (frozenset({"rare"}),), ("secrets",), 10),
    ),
    controls=Controls({"subscribe": 60_003}),
    close_codes={"token_expired": 4401, "invalid_token": 4501, "auth_timeout": 4408},
    catalogue={"taken": {"status_code": 6}, "forbidden": {"status_code": 3}, "not_found": {"status_code": 5}},
    answers={**OPERATIONS[0].replies, "made": PUSH, "control-subscribed": CONTROL},
    topics={
        "things": Topic(("things",), {"thing.id": ID}),
        "things/{thing.id}": Topic(("things", ID), {}),
        "secrets": Topic(("secrets",), {}),
    },
)  # fmt: skip
ROLES = {"able": frozenset({"may"}), "unable": frozenset[str]()}


@dataclass
class Story:
    """A session that is sound, until something is done to it."""

    caller: str = "able"
    plan: str = "test"
    steps: list[Step] = field(default_factory=list)
    pairs: tuple[tuple[str, ...], ...] = ()
    transcript: Transcript = field(default_factory=Transcript)
    now: float = 0.0

    def open(
        self, socket: str = "s", encoding: str = "json", credential: str = "header", origin: str | None = None
    ) -> Story:
        self.steps.append(Open(socket, encoding, self.caller, credential, origin))
        self.transcript.callers[socket], self.transcript.encodings[socket] = self.caller, encoding
        return self.entry("opened", socket)

    def entry(self, kind: str, socket: str = "s", frame: Json | None = None, *, code: int = 0, text: str = "") -> Story:
        self.now += 0.01
        self.transcript.entries.append(Entry(self.now, socket, kind, frame, text, code))
        return self

    def came(self, frame: Json, socket: str = "s") -> Story:
        return self.entry("came", socket, frame)

    def call(
        self,
        name: str = "make_thing",
        label: str = "r",
        *,
        data: Any = None,
        wants: Any = "any",
        socket: str = "s",
        **call: Any,
    ) -> Story:
        one = next(item for item in OPERATIONS if item.name == name)
        frame = {"pkg_id": one.pkg_id, "req_id": label, "data": {} if data is None else data}
        step = Send(socket, name, label, frame, wants)
        self.steps.append(step)
        self.entry("sent", socket, frame)
        encoding = self.transcript.encodings[socket]
        self.transcript.calls[label] = Call(step, self.caller, encoding, label, frame, self.now, **call)
        return self

    def answered(self, data: Any = BOOK, status: int = 0, *, label: str = "r", after_s: float = 0.01) -> Story:
        call = self.transcript.calls[label]
        frame = {"pkg_id": call.frame["pkg_id"], "req_id": label, "status_code": status, "data": data}
        self.now += after_s
        entry = Entry(self.now, call.send.socket, "came", frame)
        self.transcript.entries.append(entry)
        call.replies.append(entry)
        return self

    def refused(self, code: str, status: int = 3, *, label: str = "r") -> Story:
        return self.answered({"code": code}, status, label=label)

    def event(self, offset: int = 1, data: Json | None = None, topic: str = "things") -> Story:
        frame = {"pkg_id": 9, "req_id": NIL, "topic": topic, "epoch": "e", "offset": offset}
        return self.came({**frame, "data": data or {"thing": BOOK}})

    def following(self, *topics: str) -> Story:
        self.transcript.subscribed["s"] = set(topics)
        return self

    def heard(self, data: Json, topic: str = "things") -> Story:
        self.event(data=data, topic=topic)
        self.transcript.heard["heard"] = self.transcript.entries[-1].frame or {}
        return self

    def raw(self, data: bytes = b"x") -> Story:
        self.steps.append(Raw("s", data, True, "noise"))
        return self.entry("sent", text="noise")

    def found(self) -> set[str]:
        session = Session(self.plan, tuple(self.steps), self.pairs)
        return {one.check for one in judge(Case(SOCKET, Values(SOCKET.document), session, self.transcript, ROLES))}


def able() -> Story:
    return Story().open()


def asked(*topics: str) -> Story:
    return able().following(*topics).entry("sent", frame={"type": "subscribe", "topics": list(topics)})


def followed(*topics: str) -> Story:
    return asked(*topics).came({"type": "subscribed", "topics": list(topics)})


def resumed(change: Json, *, is_recovered: bool) -> Story:
    """Where an event was heard, and then."""
    position = {"topic": "things", "epoch": "e", "offset": 1} | change
    one = (
        followed("things")
        .event()
        .entry("sent", frame={"type": "subscribe", "topics": ["things"], "positions": [position]})
    )
    return one.came({"type": "subscribed", "topics": ["things"], "positions": [position | {"recovered": is_recovered}]})


def unable() -> Story:
    return Story(caller="unable").open()


def story() -> Story:
    return Story(plan="story:make_thing").open().call(label="s/0").answered(label="s/0")


def pair() -> Story:
    out = Story(pairs=(("a", "b"),)).open("s").open("p", "proto")
    return out.call(label="a", data={"name": "Emma"}).call(label="b", socket="p", data={"name": "Emma"})


def read_thrice() -> Story:
    """A read in one encoding, in the other, and in the first again; who else writes meanwhile is not known."""
    out = Story(pairs=(("a", "b", "again"),)).open("s").open("p", "proto")
    return out.call("get_thing", "a").call("get_thing", "b", socket="p").call("get_thing", "again")


def missed(one: Story) -> Story:
    one.transcript.missed.append(("s", "made"))
    return one


Made = Callable[[], Story]
CASES: list[tuple[str, str, Made, Made]] = [
    ("one-reply", "none comes", lambda: able().call(), lambda: able().call().answered()),
    ("one-reply", "two come", lambda: able().call().answered().answered(), lambda: able().call().answered()),
    ("one-reply", "it was not cancelled", lambda: able().call(), lambda: able().call(is_cancelled=True)),
    ("one-reply", "its socket did not end", lambda: able().call(), lambda: able().call(is_lost=True)),
    ("reply-time", "it is late", lambda: able().call().answered(after_s=2.1), lambda: able().call().answered(after_s=1.5)),
    ("reply-schema", "a member is missing", lambda: able().call().answered({}), lambda: able().call().answered({"id": 1})),
    ("declared-error", "the code is another operation's",
     lambda: able().call().refused("gone", 6), lambda: able().call().refused("taken", 6)),
    ("declared-error", "the status is another code's", lambda: able().call().refused("taken", 7), lambda: able().call().refused("taken", 6)),
    ("no-internal", "it is answered so", lambda: able().call().refused("internal", 13), lambda: able().call().refused("taken", 6)),
    ("valid-taken", "it fits", lambda: able().call(wants="taken").refused("invalid_data", 4),
     lambda: able().call(wants="refused").refused("invalid_data", 4)),
    ("invalid-refused", "it is taken", lambda: able().call(wants="refused").answered(), lambda: able().call(wants="taken").answered()),
    ("invalid-refused", "it is judged later", lambda: able().call(wants="refused").refused("taken", 6),
     lambda: able().call(wants="refused").refused("malformed", 4)),
    ("policy", "who may not is answered", lambda: unable().call().answered(), lambda: unable().call().refused("forbidden")),
    ("policy", "who may is refused", lambda: able().call().refused("forbidden"), lambda: able().call().refused("taken", 6)),
    ("policy", "who is known is told to prove it", lambda: able().call().refused("unauthenticated", 4),
     lambda: able().call().refused("taken", 6)),
    ("encodings-agree", "the answers differ in what is there", lambda: pair().answered(label="a").answered({"id": 2}, label="b"),
     lambda: pair().answered(label="a").answered({"id": 2, "name": "Emma"}, label="b")),
    ("encodings-agree", "one refuses", lambda: pair().answered(label="a").refused("invalid_data", 4, label="b"),
     lambda: pair().refused("malformed", 4, label="a").refused("invalid_data", 4, label="b")),
    ("encodings-agree", "the answers differ", lambda: pair().answered(label="a").answered({"id": 2, "name": "Anna"}, label="b"),
     lambda: pair().answered(label="a").answered({"id": 2, "name": "Emma"}, label="b")),
    ("encodings-agree", "one finds it, before and after", lambda: read_thrice().refused("not_found", 5, label="a").answered(label="b").refused("not_found", 5, label="again"),
     lambda: read_thrice().refused("not_found", 5, label="a").answered(label="b").answered(label="again")),
    ("declared-message", "it cannot be read", lambda: able().entry("unreadable", text="x"), lambda: able()),
    ("declared-message", "it is none", lambda: able().came({"odd": 1}), lambda: able().came({"type": "subscribed", "topics": ["things"]})),
    ("declared-message", "nobody follows it", lambda: able().event(), lambda: able().following("things").event()),
    ("declared-message", "a role is missing", lambda: unable().following("things").event(), lambda: able().following("things").event()),
    ("declared-message", "a topic is followed without its role", lambda: able().came({"type": "subscribed", "topics": ["secrets"]}),
     lambda: able().came({"type": "subscribed", "topics": ["things"]})),
    ("declared-message", "a topic is followed with a filter and without its role",
     lambda: able().came({"type": "subscribed", "topics": ["secrets?a=1"]}), lambda: able().came({"type": "subscribed", "topics": ["things"]})),
    *(
        ("name-judged", f"{name} is followed", lambda name=name: asked(name).came({"type": "subscribed", "topics": [name]}),
         lambda name=name: asked(name).came(NO_SUCH_FILTER))
        for name in ("things?", "things?no=1", "things?thing.id=0", "things?thing.id=x", "things?thing.id=01", "others?thing.id=1", "things/0", "things/01", "things/%31", "things/1?", "things?" + "&".join(["thing.id=1"] * 33))
    ),
    ("name-judged", "a value that there is is refused", lambda: asked("things/1").came(NO_SUCH_FILTER), lambda: followed("things/1")),
    ("name-judged", "what there is is refused", lambda: asked("things?thing.id=1&thing.id=7").came(NO_SUCH_FILTER),
     lambda: asked("things?thing.id=1&thing.id=7").came({"type": "subscribed", "topics": ["things?thing.id=1&thing.id=7"]})),
    ("name-kept", "another event comes", lambda: able().following("things?thing.id=2").event(topic="things?thing.id=2"),
     lambda: able().following("things?thing.id=1").event(topic="things?thing.id=1")),
    ("name-kept", "another's event comes", lambda: able().following("things/2").event(topic="things/2"),
     lambda: able().following("things/1").event(topic="things/1")),
    ("name-kept", "an event does not come", lambda: followed("things", "things?thing.id=1&thing.id=2").heard({"thing": BOOK}),
     lambda: followed("things", "things?thing.id=2").heard({"thing": BOOK})),
    ("name-kept", "an event comes under one of two names", lambda: followed("things", "things?thing.id=1").heard({"thing": BOOK}),
     lambda: followed("things", "things?thing.id=1").heard({"thing": BOOK}).event(topic="things?thing.id=1")),
    ("name-kept", "an event comes on one of two topics", lambda: followed("things", "things/1").heard({"thing": BOOK}),
     lambda: followed("things", "things/2").heard({"thing": BOOK})),
    ("name-kept", "a name that was left hears nothing", lambda: followed("things/1", "things?thing.id=1").heard({"thing": BOOK}, "things/1"),
     lambda: followed("things/1", "things?thing.id=1").following("things/1").heard({"thing": BOOK}, "things/1")),
    ("declared-message", "it answers nothing",
     lambda: able().came({"pkg_id": 1, "req_id": "x", "status_code": 0, "data": BOOK}),
     lambda: able().raw().came({"pkg_id": 1, "req_id": "x", "status_code": 0, "data": BOOK})),
    ("close-code", "no table has it", lambda: able().entry("closed", code=4999), lambda: able().entry("closed", code=4401)),
    ("no-1011", "it crashed", lambda: able().entry("closed", code=1011), lambda: able().entry("closed", code=1000)),
    ("stays-open", "nothing was wrong", lambda: able().entry("closed", code=4401).entry("sent", "other"),
     lambda: able().raw().entry("closed", code=1007).entry("sent", "other")),
    ("stays-open", "a bad frame is no reason for a mild code", lambda: able().raw().entry("closed", code=1000).entry("sent", "other"),
     lambda: able().raw().entry("closed", code=1008).entry("sent", "other")),
    ("close-code", "it was not cut", lambda: able().entry("closed", code=1006).entry("sent", "other"),
     lambda: able().entry("cut").entry("closed", code=1006).entry("sent", "other")),
    ("close-code", "nothing that was sent can have hidden the code", lambda: able().raw().entry("closed", code=1006),
     lambda: able().raw().raw().entry("closed", code=1006)),
    ("close-code", "the frame was small", lambda: able().raw().entry("closed", code=1006),
     lambda: able().raw(b"x" * 70000).entry("closed", code=1006)),
    ("handshake", "a bad credential opens", lambda: Story().open(credential="garbage"),
     lambda: Story().open(credential="garbage").entry("closed", code=4501)),
    ("handshake", "a page of nobody's opens", lambda: Story().open(origin=EVIL), lambda: Story().open()),
    ("keeps-input", "it is changed", lambda: able().call(data={"name": "Anna"}).answered(),
     lambda: able().call(data={"name": "Emma"}).answered()),
    ("keeps-input", "a member of a member is changed",
     lambda: able().call(data={"name": {"first": "Emma", "rest": [{"a": 1}]}}).answered({"id": 1, "name": {"first": "Emma", "rest": [{"a": 2}]}}),
     lambda: able().call(data={"name": {"first": "Emma", "rest": [{"a": 1}]}}).answered(
         {"id": 1, "name": {"first": "Emma", "last": None, "rest": [{"a": 1, "b": "default"}]}})),
    ("read-after-write", "it differs",
     lambda: story().call("get_thing", "s/1").answered({"id": 1, "name": "Anna"}, label="s/1"),
     lambda: story().call("get_thing", "s/1").answered(BOOK, label="s/1")),
    ("read-after-write", "it is not found", lambda: story().call("get_thing", "s/1").refused("not_found", 5, label="s/1"),
     lambda: able().call("get_thing", "s/1").refused("not_found", 5, label="s/1")),
    ("deleted-is-gone", "it is answered",
     lambda: story().call("delete_thing", "s/1").answered(None, label="s/1").call("get_thing", "s/2").answered(label="s/2"),
     lambda: story().call("delete_thing", "s/1").answered(None, label="s/1").call("get_thing", "s/2").refused("not_found", 5, label="s/2")),
    ("event-delivered", "it does not come", lambda: missed(able()), able),
    ("event-delivered", "it tells of something else",
     lambda: able().following("things").call().answered().heard({"thing": {"id": 2, "name": "Emma"}}),
     lambda: able().following("things").call().answered().heard({"thing": BOOK})),
    ("event-once", "it comes twice", lambda: able().following("things").event().event(), lambda: able().following("things").event(1).event(2)),
    ("resumed", "a position that there was is lost", lambda: resumed({}, is_recovered=False), lambda: resumed({}, is_recovered=True)),
    ("resumed", "an offset is not there yet", lambda: resumed({"offset": FAR}, is_recovered=True), lambda: resumed({"offset": FAR}, is_recovered=False)),
    ("resumed", "an epoch never was", lambda: resumed({"epoch": NO_EPOCH}, is_recovered=True), lambda: resumed({"epoch": NO_EPOCH}, is_recovered=False)),
    ("others-unaffected", "the witness is not answered", lambda: able().call("get_thing", WITNESS),
     lambda: able().call("get_thing", WITNESS).answered(label=WITNESS)),
]  # fmt: skip
ELSEWHERE = {"no-growth"}
"""Checks of what the service holds, which `test_vitals` and the command show."""


@pytest.mark.parametrize(("check", "why", "shown", "sound"), CASES, ids=[f"{one[0]}: {one[1]}" for one in CASES])
def test_a_check_finds_its_fault_and_nothing_in_its_twin(check: str, why: str, shown: Made, sound: Made) -> None:
    assert check in shown().found(), why
    assert check not in sound().found(), why


def test_every_check_has_a_case() -> None:
    assert {check for check, *_ in CASES} | ELSEWHERE == IDS.keys()


@pytest.mark.parametrize("shown", [one[2] for one in CASES], ids=[f"{one[0]}: {one[1]}" for one in CASES])
def test_what_is_found_has_a_line_in_the_documents(shown: Made) -> None:
    assert shown().found() <= IDS.keys()


def test_an_empty_session_is_sound() -> None:
    assert Story().found() == set()
    assert len(CHECKS) == len(set(CHECKS))


def test_a_refused_handshake_is_judged_by_its_credential() -> None:
    def refused(credential: str, code: int) -> set[str]:
        one = Story()
        one.steps.append(Open("s", "json", "able", credential))
        return one.entry("refused", code=code).found()

    assert refused("header", 401) == {"handshake"}
    assert refused("garbage", 401) == set()
    assert refused("header", 429) == refused("header", 503) == set()
    assert refused("garbage", 500) == {"handshake"}


def test_answers_of_twins_are_compared_where_both_are_objects() -> None:
    """What else they may be their schemas say."""
    assert "encodings-agree" not in pair().answered(label="a").answered(None, label="b").found()

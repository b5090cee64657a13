"""Plans of topics: which names a socket may follow, and what comes under each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from proof.documents import Json
from proof.ws.contract import Event, Link, Operation
from proof.ws.effects import FAR, NO_EPOCH
from proof.ws.names import Field, Known, likely, names, places, wrong_names
from proof.ws.scene import Scene, linked
from proof.ws.session import Await, Control, Open, Send, Session, Settle, Step, said

BEFORE = "before"
"""The label of a request that makes what another needs."""
POSITIONS: tuple[Json, ...] = ({}, {"offset": FAR}, {"epoch": NO_EPOCH})
"""What is changed of the position of an event that was heard: nothing, or so that its topic never had it."""


def publishers(scene: Scene) -> Iterable[Operation]:
    """Operations that tell of what they do."""
    return (one for one in scene.socket.operations if _events_of(scene, one))


@st.composite
def topics(draw: DrawFn, scene: Scene) -> Session:
    """Joined twice, left twice, unknown, with values and filters that are right and wrong, by who may and who may not."""
    known = scene.socket.topics
    name: SearchStrategy[Any] = st.sampled_from([*(one for one in known if "{" not in one), "no_such_topic", ""])
    for topic, one in known.items():
        name |= wrong_names(known, topic)
        if one.filters or "{" in topic:
            name |= names(known, scene.values, topic)
    caller, encoding = draw(st.sampled_from(sorted(scene.roles))), draw(st.sampled_from(scene.encodings))
    steps: list[Step] = [Open("t", encoding, caller)]
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["subscribe", "unsubscribe"]))
        asked = draw(st.lists(name, min_size=1, max_size=3))
        steps += [Control("t", {"type": kind, "topics": asked}, (f"control-{kind}d",)), Settle()]
    return Session("topics", (*steps, *scene.witness()))


@st.composite
def happenings(draw: DrawFn, scene: Scene, operation: Operation) -> Session:
    """A call's event comes to who follows its topic, or a name of it with values and filters that let it through, in each encoding, and what it
    tells of can be read at once. What the call needs is made before, by the operation whose link leads to it."""
    told = [one for one in _events_of(scene, operation) if one.topic]
    event = (told or _events_of(scene, operation))[0]
    first, link = _made_by(scene, operation)
    writer = Open("a", draw(st.sampled_from(scene.encodings)), scene.able_of_all([operation, *first]))
    steps: list[Step] = [writer]
    for one in first:
        value = draw(scene.values.valid(scene.data_schema(one)))
        steps += [Send("a", one.name, BEFORE, scene.frame(one, value), "taken"), Settle()]
    data = draw(linked(scene, operation, link, BEFORE))
    asked = draw(_names_of(scene, event, _known(scene, first, data)))
    for encoding in scene.encodings:
        steps += _following(scene, f"e{encoding}", encoding, event, asked)
        if draw(st.booleans()):
            left = f"l{encoding}"
            steps += _following(scene, left, encoding, event, asked)
            leave = {"type": "unsubscribe", "topics": [name for group in asked for name in group]}
            steps += [Control(left, leave, ("control-unsubscribed",)), Settle()]
    steps.append(Send("a", operation.name, "made", scene.frame(operation, data), "any" if first else "taken"))
    steps += [Await(f"e{encoding}", event.name, f"heard-{encoding}") for encoding in scene.encodings]
    for encoding in scene.encodings:
        change = draw(st.sampled_from([None, *POSITIONS]))
        steps += _resuming(scene, encoding, event, change) if change is not None else []
    return Session(f"events:{operation.name}", (*steps, Settle()))


def _events_of(scene: Scene, operation: Operation) -> list[Event]:
    """Those that a call of it tells on a topic of which names are known."""
    own = (one for one in scene.socket.events if one.name in operation.publishes)
    return [one for one in own if any(topic in scene.socket.topics for topic in one.topics)]


def _made_by(scene: Scene, operation: Operation) -> tuple[list[Operation], Link]:
    """The operation whose link leads to it, if one does that tells nothing of the same, and the link."""
    for one in scene.socket.operations:
        for link in one.links:
            if link.operation == operation.name and not {*one.publishes} & {*operation.publishes}:
                return [one], link
    return [], Link(operation.name, {})


def _known(scene: Scene, first: Sequence[Operation], data: Json) -> Known:
    """What an earlier answer says under a field's own name, and what the request itself says."""
    answers = [{"$ref": one.result} for one in first if one.result]
    told = [place for answer in answers for place in places(scene.socket.document, answer)]

    def known(field: Field) -> Sequence[Any]:
        name, kind = field.at.rpartition("/")[2], field.schema.get("type")
        same = [at for at, schema in told if at.rpartition("/")[2] == name and schema.get("type") == kind]
        return [*(said(BEFORE, f"/data{at}") for at in same), *likely(field, data)]

    return known


@st.composite
def _names_of(draw: DrawFn, scene: Scene, event: Event, known: Known) -> list[list[Any]]:
    """Names of the event's topics, in groups that are asked for at once: whether one with values may be followed a handler may say."""
    out: list[list[Any]] = []
    for topic in event.topics:
        if topic in scene.socket.topics:
            name = names(scene.socket.topics, scene.values, topic, known)
            if "{" in topic:
                out += [[one] for one in draw(st.lists(name, min_size=1, max_size=2))]
            elif topic == event.topic:
                out.append([topic, *draw(st.lists(name, max_size=3))])
    return out


def _resuming(scene: Scene, encoding: str, event: Event, change: Json) -> list[Step]:
    """A socket that says where it was when it heard the event, or where it cannot have been."""
    name = f"r{encoding}"
    position = {key: said(f"heard-{encoding}", f"/{key}") for key in ("topic", "epoch", "offset")} | change
    subscribe = {"type": "subscribe", "topics": [position["topic"]], "positions": [position]}
    return [Open(name, encoding, scene.able(event)), Control(name, subscribe, ("control-subscribed",)), Settle()]


def _following(scene: Scene, name: str, encoding: str, event: Event, asked: list[list[Any]]) -> list[Step]:
    steps: list[Step] = [Open(name, encoding, scene.able(event))]
    for group in asked:
        steps += [Control(name, {"type": "subscribe", "topics": group}, ("control-subscribed",)), Settle()]
    return steps

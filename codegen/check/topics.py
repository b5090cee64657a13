"""Topics with parameters: each event has their values, each name is short enough and of one topic, and who opens them is known."""

from __future__ import annotations

from itertools import combinations

from codegen.diagnostics import Findings, Place
from codegen.ir.operations import Contract, Event, Topic
from codegen.ir.topics import (
    MAX_NAME,
    PARAMETER,
    events_of,
    field_at,
    is_guarded,
    longest,
    may_meet,
    method,
    parameters,
)
from codegen.ir.types import Type, describe


def check_topics(contract: Contract, findings: Findings) -> None:
    """The rules V021 to V025. A topic that is not declared is another rule's."""
    checker = _Checker(contract, findings)
    for topic in contract.topics:
        checker.topic(topic)
    checker.names()


class _Checker:
    def __init__(self, contract: Contract, findings: Findings) -> None:
        self._contract = contract
        self._findings = findings

    def topic(self, topic: Topic) -> None:
        events = [
            event for event in events_of(self._contract, topic.name) if event.record in self._contract.definitions
        ]
        first: dict[str, tuple[Type, Event]] = {}
        for event in events:
            kinds = {path: self._type(event, topic.name, path) for path in parameters(topic.name)}
            for path, kind in kinds.items():
                if kind is not None:
                    self._same(topic.name, path, kind, event, first)
            if events[0] is event:
                self._length(topic.name, [kind for kind in kinds.values() if kind is not None], event.place)
        if is_guarded(topic):
            self._guard(topic.name, events)

    def _type(self, event: Event, topic: str, path: str) -> Type | None:
        field = field_at(self._contract, event.record, path)
        if field is None:
            self._findings.add(
                "V021",
                event.place,
                f"the topic {topic!r} takes {{{path}}} from {event.record}, which has no such field that is always there",
                fix=f"add {path} to {event.record} as a required field that is not null, or name another in the topic",
            )
            return None
        if longest(self._contract, field.type) is None:
            self._findings.add(
                "V022",
                field.place,
                f"{path} of the topic {topic!r} is {describe(field.type)}",
                other=(event.place, f"takes it from {event.record}"),
                fix="use an integer, a uuid, an enum, or a text with maxLength",
            )
            return None
        return field.type

    def _same(self, topic: str, path: str, kind: Type, event: Event, first: dict[str, tuple[Type, Event]]) -> None:
        ours, other = first.setdefault(path, (kind, event))
        if ours != kind:
            self._findings.add(
                "V023",
                event.place,
                f"{path} of the topic {topic!r} is another type in {event.record} than in {other.record}",
                other=(other.place, "takes it first"),
                fix="use one shared schema in all events of a topic",
            )

    def _length(self, topic: str, kinds: list[Type], place: Place) -> None:
        length = len(PARAMETER.sub("", topic)) + sum(longest(self._contract, kind) or 0 for kind in kinds)
        if length > MAX_NAME:
            self._findings.add(
                "V022",
                place,
                f"a name of the topic {topic!r} may have {length} characters, percent-encoded, and {MAX_NAME} is the most",
                fix="lower maxLength of the texts in it, where each character counts as 12",
            )

    def _guard(self, topic: str, events: list[Event]) -> None:
        features = sorted({event.feature for event in events})
        if not features or (len(features) == 1 and features[0] in self._contract.features):
            return
        self._findings.add(
            "V025",
            events[0].place,
            f"a handler says who may follow {topic!r}, and its events are of {' and '.join(features)}",
            fix="keep such a topic to the events of one feature that has operations: its handler is asked",
        )

    def names(self) -> None:
        """Of two topics of which one has parameters: what a client asks for must be one of them alone, and code's names differ."""
        first = {one: event.place for event in reversed(self._contract.events) for one in event.topics}
        for one, other in combinations(sorted(first), 2):
            if may_meet(one, other):
                message, fix = f"{one!r} and {other!r} have a name in common", "part them by a word that is fixed"
            elif method(one) == method(other):
                message = f"{one!r} and {other!r} are both called {method(one)} in code"
                fix = "part them by another word"
            else:
                continue
            self._findings.add("V024", first[one], message, other=(first[other], "is the other"), fix=fix)

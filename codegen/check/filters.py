"""Filters of topics: each event has their fields, of one type and with short values, and a field says what nothing else of the name says."""

from __future__ import annotations

from codegen.diagnostics import Findings, Place
from codegen.ir.operations import Contract, Event, Topic
from codegen.ir.topics import MAX_NAME, PARAMETER, attribute, events_of, field_at, longest, longest_value, parameters
from codegen.ir.types import Type, describe

KINDS = "an integer, a boolean, a uuid, an enum, or a text with maxLength"


def check_filters(contract: Contract, findings: Findings) -> None:
    """The rules V028 to V031, each at the field of `filter`. What the topic's parameters lack is another rule's."""
    for topic in contract.topics:
        events = [event for event in events_of(contract, topic.name) if event.record in contract.definitions]
        checker = _Checker(contract, topic, events, findings)
        for path, place in zip(topic.filter, topic.filter_places, strict=True):
            checker.field(path, place)


class _Checker:
    """Of one topic."""

    def __init__(self, contract: Contract, topic: Topic, events: list[Event], findings: Findings) -> None:
        self._contract = contract
        self._topic = topic
        self._events = events
        self._findings = findings
        self._taken = {attribute(path): path for path in parameters(topic.name)}
        """By what code calls them: what stands in the name already, and the fields before."""

    def field(self, path: str, place: Place) -> None:
        other = self._taken.setdefault(attribute(path), path)
        if other != path or path in parameters(self._topic.name):
            said = f"is called {attribute(path)} in code, and so is {other}" if other != path else "is its parameter"
            self._add(
                "V031", place, f"the topic {self._topic.name!r} is filtered by {path}, which {said}", "leave it out"
            )
            return
        first: tuple[Type, Event] | None = None
        for event in self._events:
            found = field_at(self._contract, event.record, path)
            if found is None:
                message = f"{event.record} has no field {path} that is always there, and never null"
                fix = f"add {path} to {event.record} as a required field that is not null, or filter by another"
                self._add("V028", place, message, fix, (event.place, f"is told on {self._topic.name!r}"))
                return
            first = first or (found.type, event)
            if found.type != first[0]:
                message = f"{path} is another type in {event.record} than in {first[1].record}"
                fix = "use one shared schema in all events of a topic"
                self._add("V030", place, message, fix, (event.place, f"is told on {self._topic.name!r}"))
                return
        if first is not None:
            self._length(path, first[0], place)

    def _length(self, path: str, kind: Type, place: Place) -> None:
        length = longest_value(self._contract, kind)
        if length is None:
            self._add("V029", place, f"{path} is {describe(kind)}", f"filter by {KINDS}")
        elif self._name() + len(f"?{path}=") + length > MAX_NAME:
            message = f"a name with a value of {path} may have more than {MAX_NAME} characters, percent-encoded"
            self._add("V029", place, message, "lower maxLength of the texts in it, where each character counts as 12")

    def _name(self) -> int:
        """The most characters of the topic's name without a filter, as far as its parameters are right."""
        name = self._topic.name
        held = [field_at(self._contract, self._events[0].record, path) for path in parameters(name)]
        return len(PARAMETER.sub("", name)) + sum(
            longest(self._contract, one.type) or 0 for one in held if one is not None
        )

    def _add(self, rule: str, place: Place, message: str, fix: str, other: tuple[Place, str] | None = None) -> None:
        self._findings.add(rule, place, message, other=other, fix=fix)

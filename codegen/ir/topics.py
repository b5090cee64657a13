"""What the name of a topic says: `rooms/{room.id}/members` is a family of topics, one for each value of its parameters.

A parameter is a field of every event of the topic, by the names of code; `room.id` is the field `id` of the record in `room`.
"""

from __future__ import annotations

import re

from codegen.ir.names import pascal
from codegen.ir.operations import Contract, Event, Topic
from codegen.ir.types import Bool, Enum, Field, Int, Named, Record, String, Text, Type

PARAMETER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
PATH = re.compile(r"[a-z][a-z0-9_.]*")
"""Of a field, as a parameter has it."""
MAX_NAME = 3_000
"""Characters of a topic's name on the wire."""
ESCAPED = 12
"""The most characters that percent-encoding makes of one code point: four bytes of UTF-8, three for each."""
UUID_LENGTH = 36
BOOL_LENGTH = 5


def parameters(topic: str) -> tuple[str, ...]:
    """The paths of its parameters, in the order in which they stand."""
    return tuple(PARAMETER.findall(topic))


def plain_topic(event: Event) -> str:
    """The first of its topics that has no parameters, or nothing."""
    return next((one for one in event.topics if not parameters(one)), "")


def is_conflated(contract: Contract, topic: str) -> bool:
    """Of several events that wait for a follower only the last has to be heard."""
    return any(one.name == topic and one.delivery == "latest" for one in contract.topics)


def has_presence(contract: Contract, topic: str) -> bool:
    """Whether a follower may ask who else follows."""
    return any(one.name == topic and one.presence == "members" for one in contract.topics)


def attribute(path: str) -> str:
    """What code calls a parameter: `room_id` for `room.id`."""
    return path.replace(".", "_")


def method(topic: str) -> str:
    """What code calls a topic: `rooms_members_by_room_id` for `rooms/{room.id}/members`."""
    fixed = [part.replace("-", "_") for part in topic.split("/") if not part.startswith("{")]
    taken = [attribute(path) for path in parameters(topic)]
    return "_".join([*fixed, *(["by", "_and_".join(taken)] if taken else [])])


def class_name(topic: str) -> str:
    """Of the record that has the values of its parameters."""
    return f"{pascal(method(topic))}Topic"


def filter_name(topic: str) -> str:
    """Of the record that has the fields of its filter."""
    return f"{pascal(method(topic))}Filter"


def filters(contract: Contract, topic: Topic) -> dict[str, Type]:
    """The fields that its events may be filtered by, by their paths; none where no event says of which type they are. The contract has been
    checked."""
    return {
        path: parameter_type(contract, topic.name, path) for path in topic.filter if events_of(contract, topic.name)
    }


def events_of(contract: Contract, topic: str) -> list[Event]:
    """In the order of the contract's events."""
    return [event for event in contract.events if topic in event.topics]


def is_guarded(topic: Topic) -> bool:
    """Whether a handler says who may follow it."""
    return topic.may_follow == "handler"


def question(topic: str) -> str:
    """The handler's method that says so."""
    return f"may_follow_{method(topic)}"


def guarded_topics(contract: Contract, feature: str = "") -> list[Topic]:
    """Of which a handler of the feature, or of any, is asked: that of their events."""
    guarded = [(one, events_of(contract, one.name)) for one in contract.topics if is_guarded(one)]
    return [one for one, events in guarded if events and feature in ("", events[0].feature)]


def field_at(contract: Contract, record: str, path: str) -> Field | None:
    """The field of a path through records, where each step is required and never null; None where it is not so."""
    found: Field | None = None
    for step in path.split("."):
        holder = contract.definitions.get(record)
        found = holder.field(step) if isinstance(holder, Record) else None
        if found is None or not found.required or found.nullable:
            return None
        record = found.type.name if isinstance(found.type, Named) else ""
    return found


def parameter_type(contract: Contract, topic: str, path: str) -> Type:
    """As the first event of the topic has it; the contract has been checked."""
    field = field_at(contract, events_of(contract, topic)[0].record, path)
    assert field is not None
    return field.type


def pointer(contract: Contract, topic: str, path: str) -> str:
    """Where it stands in the JSON of an event, by the names of members (RFC 6901); the contract has been checked."""
    record, steps = events_of(contract, topic)[0].record, path.split(".")
    held = [field_at(contract, record, ".".join(steps[: count + 1])) for count in range(len(steps))]
    return "".join(f"/{one.member.replace('~', '~0').replace('/', '~1')}" for one in held if one is not None)


def longest(contract: Contract, kind: Type) -> int | None:
    """The most characters of a value in a topic's name; None where it has no bound, or is of no kind that may stand there."""
    match kind:
        case Int():
            return max(len(str(kind.minimum)), len(str(kind.maximum)))
        case Text(form="uuid"):
            return UUID_LENGTH
        case String():
            return None if kind.max_length is None or kind.const is not None else kind.max_length * ESCAPED
        case Named():
            found = contract.definitions.get(kind.name)
            if isinstance(found, Enum):
                return max(len(str(value)) for _, value in found.members) * ESCAPED
    return None


def longest_value(contract: Contract, kind: Type) -> int | None:
    """The same of a value that a filter may name."""
    return BOOL_LENGTH if isinstance(kind, Bool) else longest(contract, kind)


def may_meet(one: str, other: str) -> bool:
    """Whether some name is of both."""
    ours, theirs = one.split("/"), other.split("/")
    return len(ours) == len(theirs) and all(map(_may_equal, ours, theirs))


def _may_equal(one: str, other: str) -> bool:
    return one == other or one.startswith("{") or other.startswith("{")

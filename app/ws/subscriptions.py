"""The topics of one socket: joined only with a role of the topic, left when the role is gone (ACCEPTANCE Z04)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.auth.principal import Principal
from app.broadcast.hub import Encode, Hub, Subscriber
from generated.errors import Forbidden, InvalidData
from generated.operations import Event, Roles
from generated.results import FieldError


def topic_roles(events: Iterable[Event]) -> dict[str, Roles]:
    """All events of a topic have equal roles; that is the topic's authorisation."""
    return {event.topic: event.roles for event in events}


def admits(roles: Roles, principal: Principal) -> bool:
    """None admits everybody; else one of the groups has to be held whole."""
    return roles is None or any(group <= principal.roles for group in roles)


class Subscriptions:
    """Of one socket; `leave_all` is called when it ends."""

    __slots__ = ("_encode", "_hub", "_joined", "_roles", "_subscriber")

    def __init__(self, hub: Hub, roles: Mapping[str, Roles], subscriber: Subscriber, encode: Encode) -> None:
        self._hub = hub
        self._roles = roles
        self._subscriber = subscriber
        self._encode = encode
        self._joined: set[str] | None = None

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._joined or ())

    def join(self, topics: list[str], principal: Principal) -> None:
        """All or none. Raises InvalidData for a topic that does not exist, Forbidden without its role. A topic that is
        followed already is followed once."""
        faults = [
            FieldError(pointer=f"/topics/{index}", message="There is no such topic.")
            for index, topic in enumerate(topics)
            if topic not in self._roles
        ]
        if faults:
            raise InvalidData(errors=faults)
        for topic in topics:
            if not admits(self._roles[topic], principal):
                raise Forbidden(f"The topic {topic} needs a role that is missing.")
        self._joined = (self._joined or set()) | set(topics)
        for topic in topics:
            self._hub.subscribe(topic, self._subscriber, self._encode)

    def leave(self, topics: Iterable[str]) -> None:
        """From now on; topics that are not followed, or do not exist, are no error."""
        for topic in topics:
            self._hub.unsubscribe(topic, self._subscriber, self._encode)
            if self._joined is not None:
                self._joined.discard(topic)

    def leave_all(self) -> None:
        """So that nothing is pushed to a socket that is gone."""
        self.leave(list(self._joined or ()))

    def review(self, principal: Principal) -> None:
        """After a refresh: what the new roles do not admit is left."""
        self.leave([topic for topic in self._joined or () if not admits(self._roles[topic], principal)])

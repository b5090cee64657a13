"""A socket receives a topic only while its roles admit it."""

from __future__ import annotations

from typing import Any

import pytest

from app.broadcast.broker import Delivery
from app.broadcast.hub import Hub, Message
from app.ws.subscriptions import Subscriptions, admits, topic_roles
from generated.errors import Forbidden, InvalidData
from generated.operations import EVENTS
from tests.app.ws.fakes import principal

ROLES = {"open": None, "artists": (frozenset({"a"}),), "both": (frozenset({"a", "b"}), frozenset({"admin"}))}


class Inbox:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def push(self, message: Message, size: int) -> None:
        self.seen.append(message["topic"])


def encode(delivery: Delivery) -> tuple[Message, int]:
    return {"topic": delivery.topic}, 1


def make() -> tuple[Hub, Inbox, Subscriptions]:
    hub, inbox = Hub(), Inbox()
    return hub, inbox, Subscriptions(hub, ROLES, inbox, encode)


def deliver(hub: Hub) -> None:
    for topic in ROLES:
        hub.deliver(Delivery(topic, 1, "e", 1001, None))


def test_the_contract_s_topics_take_the_roles_of_their_events() -> None:
    assert topic_roles(EVENTS.values()) == {"artists": (frozenset({"get-artists"}),)}


@pytest.mark.parametrize(
    ("topic", "roles", "admitted"),
    [
        ("open", "", True),
        ("artists", "", False),
        ("artists", "a x", True),
        ("both", "a", False),
        ("both", "a b", True),
        ("both", "admin", True),
    ],
)
def test_roles_are_an_or_of_ands(topic: str, roles: str, admitted: bool) -> None:
    assert admits(ROLES[topic], principal(roles=roles)) is admitted


def test_only_joined_topics_are_delivered() -> None:
    hub, inbox, subscriptions = make()
    subscriptions.join(["artists", "open"], principal(roles="a"))
    subscriptions.join(["artists"], principal(roles="a"))
    deliver(hub)
    assert sorted(inbox.seen) == ["artists", "open"]
    subscriptions.leave(["artists", "never joined"])
    deliver(hub)
    assert sorted(inbox.seen) == ["artists", "open", "open"]


@pytest.mark.parametrize(("topics", "error"), [(["open", "both"], Forbidden), (["open", "none"], InvalidData)])
def test_one_refused_topic_joins_none(topics: list[str], error: Any) -> None:
    hub, inbox, subscriptions = make()
    with pytest.raises(error):
        subscriptions.join(topics, principal(roles="a"))
    deliver(hub)
    assert inbox.seen == []


def test_a_refresh_without_the_role_ends_the_topic() -> None:
    hub, inbox, subscriptions = make()
    subscriptions.join(["artists", "open"], principal(roles="a"))
    subscriptions.review(principal(roles=""))
    deliver(hub)
    assert inbox.seen == ["open"]


def test_the_end_of_the_socket_leaves_nothing_in_the_hub() -> None:
    hub, _, subscriptions = make()
    subscriptions.join(["artists", "open"], principal(roles="a"))
    subscriptions.leave_all()
    assert [hub.count(topic) for topic in ROLES] == [0, 0, 0]

"""The mock reads filters as the service does, and hands out what they let through."""

from __future__ import annotations

from uuid import UUID

import pytest

from codegen.ir.operations import Contract
from proof.documents import Json
from proof.mock.filters import Filters, value_at
from proof.mock.topics import Topics
from tests.codegen.contracts import contract_of
from tests.proof.mock.test_topics import Ear

KEY = str(UUID(int=10))


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return contract_of("p85_filters", tmp_path_factory.mktemp("filters"))


def thing(number: int, kind: str = "note", *, is_done: bool = False, name: str = "a") -> Json:
    return {"thing": {"id": number, "kind": kind, "is-done": is_done, "level": 5, "key": KEY, "name": name}}


@pytest.mark.parametrize(
    ("query", "is_admitted"),
    [
        ("thing.kind=note", True), ("thing.kind=to-do&thing.kind=note", True), ("thing.kind=to-do", False),
        ("thing.is_done=false&thing.level=5", True), ("thing.is_done=true&thing.level=5", False),
        (f"thing.key={KEY}&thing.name=a", True), ("thing.name=", False),
    ],
)  # fmt: skip
def test_values_are_joined_by_or_and_fields_by_and(contract: Contract, query: str, is_admitted: bool) -> None:
    filters, event = Filters(contract, "things"), next(one for one in contract.events if "things" in one.topics)
    assert filters.admits(filters.read(query), event, thing(1)) is is_admitted


@pytest.mark.parametrize(
    "query",
    [
        "", "thing.kind", "thing.kind=red", "thing.level=1", "thing.level=05", "thing.is_done=1", "thing.key=x", "thing.id=1", "thing.name=%FF", "thing.name=ü",
        f"thing.key={KEY.upper()}", "thing.name=" + "a" * 51, "&".join(["thing.level=0"] * 33),
    ],
)  # fmt: skip
def test_what_the_topic_cannot_have_is_refused(contract: Contract, query: str) -> None:
    assert Topics(contract, "e").fault(f"things?{query}") != ""


def test_who_follows_filters_hears_under_each_name_and_resumes_there(contract: Contract) -> None:
    topics, ear = Topics(contract, "e"), Ear()
    event = next(one for one in contract.events if "things" in one.topics)
    names = ("things?thing.kind=to-do", "things?thing.name=b&thing.name=a", "things/2?thing.is_done=true")
    assert [topics.fault(name) for name in (*names, "nothing?a=1")] == ["", "", "", "There is no such topic."]
    for name in names:
        topics.follow(name, ear)
    for told in (thing(1), thing(2, "to-do", is_done=True), thing(2, name="c")):
        topics.tell(event, told)
    assert [(one.topic, one.offset) for one in ear.heard] == [
        (names[1], 1),
        (names[0], 2),
        (names[1], 2),
        (names[2], 2),
    ]
    after = topics.after(names[0], {"epoch": "e", "offset": 0})
    assert [(one.topic, one.offset) for one in after or ()] == [(names[0], 2)]


def test_a_value_is_spelled_as_in_a_name(contract: Contract) -> None:
    event = next(one for one in contract.events if "things" in one.topics)
    assert [value_at(contract, event, thing(7, is_done=True), path) for path in ("thing.id", "thing.is_done")] == [
        "7",
        "true",
    ]

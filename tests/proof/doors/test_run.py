"""A difference between doors is found, made small, and said once; what is the same is not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

import pytest

from codegen.ir.operations import Operation
from proof.documents import JSON, PROTOBUF
from proof.doors.door import Asked, Broken, Outcome
from proof.doors.run import Comparison, Tally, able, one_of_each
from tests.codegen.contracts import shipped

SECONDS = itertools.cycle(range(60))


class Scripted:
    """A door that answers each call by a function of it; what it answers is all that is compared."""

    service: Any = None

    def __init__(
        self, name: str, answer: Any, *, is_able: bool = True, media: str = JSON, beside: tuple[Scripted, ...] = ()
    ) -> None:
        self.name = name
        self.media = media
        self._beside = beside
        self._is_able = is_able
        self.answer = answer
        self.is_closed = False

    def has(self, operation: Operation, caller: str) -> bool:
        return True

    def can(self, operation: Operation, fields: dict[str, Any]) -> bool:
        return self._is_able

    async def call(self, asked: Asked) -> Outcome:
        found: Outcome = self.answer(asked)
        return found

    def beside(self) -> tuple[Scripted, ...]:
        return self._beside

    async def close(self) -> None:
        self.is_closed = True


def compared(one: Any, other: Any, cases: int = 300, among: Collection[str] = ()) -> Tally:
    doors = Scripted("one", one), Scripted("other", other)
    tally = Comparison(shipped(), doors, ["admin", "nobody"], among=among).run(cases, 1, max_differences=3)
    assert all(door.is_closed for door in doors)
    return tally


def fine(asked: Asked) -> Outcome:
    return Outcome("ok", {"id": 1, "name": asked.fields.get("name")})


def test_doors_that_agree_have_no_difference() -> None:
    tally = compared(fine, fine)
    assert not tally.differences
    assert tally.cases >= 300


def test_a_difference_is_shrunk_to_the_call_that_shows_it() -> None:
    def short(asked: Asked) -> Outcome:
        name = asked.fields.get("name")
        return fine(asked) if not isinstance(name, str) or len(name) < 20 else Outcome("invalid_data", None, ("/name",))

    tally = compared(fine, short)
    found = next(one for one in tally.differences if "name" in one.calls[-1].fields)
    assert found.text == "one and other differ in code: 'ok' and 'invalid_data'"
    assert len(found.calls) == 1
    assert len(str(found.calls[0].fields["name"])) <= 200


def test_a_difference_of_one_operation_is_said_once() -> None:
    tally = compared(fine, lambda asked: Outcome("forbidden"))
    names = [one.operation for one in tally.differences]
    assert len(names) == len(set(names)) == 3


def test_a_service_that_gives_no_answer_is_a_difference() -> None:
    def broken(asked: Asked) -> Outcome:
        raise Broken("no answer")

    assert "broken: no answer" in compared(fine, broken).differences[0].text


def test_where_no_call_can_be_made_the_run_ends() -> None:
    doors = Scripted("one", fine, is_able=False), Scripted("other", fine, is_able=False)
    tally = Comparison(shipped(), doors, ["admin"]).run(1000, 1)
    assert (tally.cases, tally.differences) == (0, [])
    assert tally.passed_over > 0


def test_what_a_door_has_no_words_for_its_service_is_asked_at_another() -> None:
    (operation,) = (one for one in shipped().operations if one.name == "get_artist")
    asked = Asked("get_artist", {"artist_id": 0}, "admin")
    mute, speaking, other = (Scripted(name, fine, is_able=name != "mute") for name in ("mute", "speaking", "other"))
    assert able([mute, other], operation, asked) == [other]
    assert one_of_each([(mute, speaking), (other, speaking)], operation, asked) == [speaking, other]
    assert one_of_each([(mute,), (other, speaking)], operation, asked) == []


def test_a_key_that_is_asked_again_has_its_answer_again() -> None:
    answers = itertools.count()

    def anew(asked: Asked) -> Outcome:
        return Outcome("ok", {"id": next(answers) if asked.key else 1})

    found = compared(fine, fine, among=["create_artist"])
    assert not found.differences
    tally = compared(anew, fine, among=["create_artist"])
    assert any("the same key" in one.text or "differ" in one.text for one in tally.differences)


def test_only_the_operations_that_are_named_are_asked() -> None:
    assert {name for name, _ in compared(fine, fine, among=["get_artists"]).codes} == {"get_artists"}


@pytest.mark.parametrize(
    ("own", "said", "found"),
    [
        (lambda: "50.123456", "50.123456", False),
        (lambda: "50.123456", "50.000000", True),
        (lambda: f"{next(SECONDS):02}.5", "50.000000", False),
    ],
    ids=["the same", "cut off", "new with each answer"],
)
def test_a_moment_is_the_same_to_the_last_digit_in_both_encodings_of_one_service(
    own: Callable[[], str], said: str, found: bool
) -> None:
    """Two services have made it at two times, so that it is not compared between them."""
    minute = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"

    def telling(seconds: Callable[[], str]) -> Callable[[Asked], Outcome]:
        return lambda asked: Outcome("ok", {"id": 1, "created_at": f"{minute}:{seconds()}Z"})

    twin = Scripted("one in protobuf", telling(lambda: said), media=PROTOBUF)
    also = Scripted("other in protobuf", telling(lambda: "40.000001"), media=PROTOBUF)
    doors = Scripted("one", telling(own), beside=(twin,)), Scripted("other", also.answer, beside=(also,))
    tally = Comparison(shipped(), doors, ["admin"], among=["get_artist"]).run(30, 1, max_differences=1)
    assert twin.is_closed
    assert [one.text[:53] for one in tally.differences] == [
        "one and one in protobuf of one service differ in /cre"
    ] * found

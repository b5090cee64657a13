"""A probe is answered from what the background found out last, and an old answer is no."""

from __future__ import annotations

from app.supervision import readiness as module
from app.supervision.readiness import Readiness


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def good() -> bool:
    return True


async def broken() -> bool:
    raise ConnectionError


async def test_a_node_is_ready_when_every_part_says_so() -> None:
    readiness = Readiness({"database": good, "keys": good})
    assert not readiness.is_ready, "nobody was asked yet"
    await readiness.check()
    assert readiness.is_ready


async def test_a_part_that_fails_is_named() -> None:
    readiness = Readiness({"database": broken, "keys": good})
    await readiness.check()
    assert readiness.failing == ("database",)
    assert not readiness.is_ready


async def test_a_part_may_say_why_and_that_it_was_ready_once_stays_known() -> None:
    answers: list[bool | str] = [True, "db:5432: Connection refused"]

    async def told() -> bool | str:
        return answers.pop(0)

    readiness = Readiness({"database": told})
    assert readiness.reasons == {"database": "not asked yet"}
    assert not readiness.was_ready
    await readiness.check()
    assert (readiness.reasons, readiness.was_ready) == ({}, True)
    await readiness.check()
    assert readiness.reasons == {"database": "db:5432: Connection refused"}
    assert (readiness.is_ready, readiness.was_ready) == (False, True)


async def test_an_old_answer_is_no() -> None:
    clock = Clock()
    readiness = Readiness({"database": good}, clock=clock)
    await readiness.check()
    clock.now += module.MAX_AGE_S + 0.1
    assert not readiness.is_ready


async def test_remarks_are_what_an_operator_should_mend_and_hold_nothing_up() -> None:
    said = {"text": ""}
    readiness = Readiness({}, remarks={"issuer": lambda: said["text"]})
    await readiness.check()
    assert readiness.remarks() == {}
    said["text"] = "the client is confidential"
    assert readiness.remarks() == {"issuer": "the client is confidential"}
    assert readiness.is_ready


async def test_a_node_that_withdraws_is_not_ready_at_once_and_for_good() -> None:
    """D26: no look is waited for, and a later one changes nothing."""
    readiness = Readiness({"database": good})
    await readiness.check()
    readiness.withdraw("it is about to end")
    for _ in range(2):
        assert (readiness.is_ready, readiness.was_ready) == (False, True)
        assert readiness.reasons == {"node": "it is about to end"}
        assert readiness.parts == ("database", "node")
        await readiness.check()

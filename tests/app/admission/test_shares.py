"""Work in progress is bounded, fairly shared, and a wait for it has an end."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.admission import shares as module
from app.admission.shares import Shares, refusal
from generated.errors import Unavailable
from generated.operations import Priority


async def work(shares: Shares, caller: str, lasts_s: float, priority: Priority = Priority.READ) -> str:
    if not shares.enter_at_once(caller):
        await shares.enter(priority, caller)
    try:
        await asyncio.sleep(lasts_s)
        return caller
    finally:
        shares.leave(caller)


def is_idle(shares: Shares) -> bool:
    return (shares.running, shares.waiting) == (0, 0)


@pytest.mark.survives("D22")
async def test_one_caller_never_has_all_places() -> None:
    """One caller asks for more than the node can do at once: a quarter of the places stays for others."""
    shares = Shares(8)
    greedy = [asyncio.create_task(work(shares, "greedy", 0.2)) for _ in range(40)]
    await asyncio.sleep(0)
    assert (shares.running, shares.waiting) == (6, 34)
    async with asyncio.timeout(0.15):
        assert await work(shares, "modest", 0) == "modest"
    for task in greedy:
        task.cancel()
    await asyncio.wait(greedy)
    assert is_idle(shares)


async def test_callers_who_wait_are_served_in_turn_and_not_in_the_order_of_their_requests() -> None:
    shares = Shares(1)
    order: list[str] = []

    async def one(caller: str) -> None:
        await work(shares, caller, 0)
        order.append(caller)

    first = asyncio.create_task(work(shares, "holder", 0.05))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(one(caller)) for caller in ("a", "a", "a", "b", "c")]
    await asyncio.gather(first, *waiting)
    assert order == ["a", "b", "c", "a", "a"]


async def test_the_more_urgent_class_goes_first() -> None:
    shares = Shares(1)
    order: list[Priority] = []

    async def one(priority: Priority) -> None:
        await work(shares, priority.name, 0, priority)
        order.append(priority)

    first = asyncio.create_task(work(shares, "holder", 0.05))
    await asyncio.sleep(0)
    classes = (Priority.BULK, Priority.WRITE, Priority.READ, Priority.SESSION)
    await asyncio.gather(first, *(asyncio.create_task(one(priority)) for priority in classes))
    assert order == sorted(classes)


@pytest.mark.survives("D22")
async def test_a_node_that_stays_full_refuses_quickly() -> None:
    """The node has been full for a while: who comes now is refused after 50 ms, with a time to come again."""
    shares = Shares(2)
    holders = [asyncio.create_task(work(shares, name, 5)) for name in ("a", "b")]
    await asyncio.sleep(0)
    patient = asyncio.create_task(shares.enter(Priority.READ, "c"))
    await asyncio.sleep(module.FULL_FOR_S + 0.02)
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(Unavailable) as refused:
        await shares.enter(Priority.READ, "d")
    assert module.STANDING_S <= loop.time() - began + 0.005 < module.BURST_S
    assert refused.value.retry_after_s in module.RETRY_S
    with pytest.raises(Unavailable):
        await patient
    for task in holders:
        task.cancel()
    await asyncio.wait(holders)
    assert is_idle(shares)


async def test_many_who_gave_up_in_one_turn_cost_no_place() -> None:
    """Each is passed over in turn, however many there are."""
    shares = Shares(40)
    holders = [asyncio.create_task(work(shares, f"holder {number % 4}", 5)) for number in range(40)]
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(work(shares, f"caller {number // 10}", 0)) for number in range(1200)]
    await asyncio.sleep(0)
    assert shares.waiting == 1200
    for task in waiting:
        task.cancel()
    holders[0].cancel()
    await asyncio.wait([*waiting, holders[0]])
    assert (shares.running, shares.waiting) == (39, 0)
    for task in holders:
        task.cancel()
    await asyncio.wait(holders)
    assert is_idle(shares)


async def test_a_node_is_backed_up_when_more_wait_than_it_serves_in_the_time_that_they_have() -> None:
    now = 0.0
    shares = Shares(2, clock=lambda: now)
    holders = [asyncio.create_task(work(shares, name, 5)) for name in ("a", "b")]
    await asyncio.sleep(0)
    waiting = asyncio.create_task(shares.enter(Priority.READ, "c"))
    await asyncio.sleep(0)
    was_backed_up = shares.is_backed_up_for(Priority.READ, 0, 0, 0)
    now += 2 * module.FULL_FOR_S
    assert (was_backed_up, shares.is_backed_up_for(Priority.READ, 0, 0, 0)) == (False, True)
    for task in (*holders, waiting):
        task.cancel()
    await asyncio.wait([*holders, waiting])
    assert not shares.is_backed_up_for(Priority.READ, 0, 0, 0)
    assert is_idle(shares)


@pytest.mark.survives("D22", "L01")
async def test_what_has_been_let_in_and_does_not_wait_yet_backs_a_full_node_up_too() -> None:
    """Hundreds are let in within a turn of the loop, before the first of them waits here. Each counts from when it was let in, as one of its address's: who
    has nothing here waits for one of each address, and who has many for all. An address that has most of it is let in for half of the time."""
    now = 0.0
    shares = Shares(1, clock=lambda: now)
    for _ in range(200):
        await work(shares, "before", 0)
    now += module.FULL_FOR_S
    await work(shares, "before", 0)
    tasks = [asyncio.create_task(work(shares, f"user {number}", 5)) for number in range(2)]
    await asyncio.sleep(0)
    now += 2 * module.FULL_FOR_S
    arrivals = ((0, 0, 0), (50, 10, 1), (50, 50, 1), (0, 50, 1), (0, 50, 60), (50, 30, 1), (5, 30, 4), (10, 30, 4))
    verdicts = [shares.is_backed_up_for(Priority.READ, *given) for given in arrivals]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert verdicts == [False, False, True, False, True, True, False, True]


@pytest.mark.survives("D22", "L01")
async def test_room_for_a_moment_opens_a_full_node_to_nobody_and_room_for_long_to_all() -> None:
    """Between the gate and here requests are under way, so that a full node has a free place now and then. All who come while it is full for less
    than a tenth of a second would be let in, and most of them refused later, when they have cost something."""
    now = 0.0
    shares = Shares(1, clock=lambda: now)

    async def is_backed_up_after(pause_s: float) -> bool:
        nonlocal now
        now += pause_s
        tasks = [asyncio.create_task(work(shares, f"user {number}", 5)) for number in range(31)]
        await asyncio.sleep(0)
        now += module.FULL_FOR_S / 4
        is_backed_up = shares.is_backed_up_for(Priority.READ, 0, 0, 0)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        return is_backed_up

    pauses_s = (0.0, 0.0, 0.0, 0.0, 0.0, module.FULL_FOR_S / 2, 2 * module.FULL_FOR_S, 0.0)
    seen = [await is_backed_up_after(pause_s) for pause_s in pauses_s]
    assert seen == [False, False, False, False, True, True, False, False]
    assert is_idle(shares)


@pytest.mark.survives("D22", "L01")
async def test_a_class_that_waits_in_vain_is_let_in_one_at_a_time_until_it_is_served_or_there_is_room() -> None:
    """Reads take each place that comes free. Who writes then waits for nothing, and has cost what comes before: one at a time is let in to see
    whether that is still so, and once there is room all. Of the reader's own writes, who is served, nothing is concluded."""
    now = 0.0
    shares = Shares(1, clock=lambda: now)

    def verdicts() -> list[bool]:
        return [shares.is_backed_up_for(one, 0, 0, 0) for one in (Priority.READ, Priority.WRITE, Priority.BULK)]

    for _ in range(2):
        for _ in range(200):
            await work(shares, "before", 0)
        now += module.FULL_FOR_S
    holder = asyncio.create_task(work(shares, "holder", 5))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(work(shares, "reader", 5))
    await asyncio.sleep(0)
    now += 2 * module.FULL_FOR_S
    seen = [verdicts()]
    own = [asyncio.create_task(work(shares, "holder", 0, Priority.WRITE)) for _ in range(20)]
    await asyncio.wait(own)
    seen.append(verdicts())
    late = [asyncio.create_task(work(shares, "holder", 0, Priority.WRITE)) for _ in range(2)]
    await asyncio.sleep(0)
    seen.append(verdicts())
    await asyncio.wait(late)
    writers = [asyncio.create_task(work(shares, f"writer {number}", 0, Priority.WRITE)) for number in range(20)]
    await asyncio.wait(writers)
    assert {type(one.exception()) for one in writers} == {Unavailable}
    seen.append(verdicts())
    late = [asyncio.create_task(work(shares, f"late {number}", 0, Priority.WRITE)) for number in range(2)]
    await asyncio.sleep(0)
    seen.append(verdicts())
    for task in (holder, waiting):
        task.cancel()
    await asyncio.wait([holder, waiting, *late])
    now += 2 * module.FULL_FOR_S
    seen.append(verdicts())
    assert [one.exception() for one in late] == [None, None]
    assert seen == [[False] * 3] * 4 + [[False, True, False], [False] * 3]
    assert is_idle(shares)


@pytest.mark.survives("D22")
async def test_what_one_caller_has_waiting_backs_the_node_up_for_him_and_for_nobody_else() -> None:
    """A caller has many requests waiting on a node that stays full. He would wait too long for one more; who has nothing here is next, and is let in."""
    now = 0.0
    shares = Shares(1, clock=lambda: now)
    for _ in range(20):
        await work(shares, "before", 0)
    now += module.FULL_FOR_S
    await work(shares, "before", 0)
    holder = asyncio.create_task(work(shares, "holder", 5))
    greedy = [asyncio.create_task(work(shares, "greedy", 0)) for _ in range(30)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    now += 2 * module.FULL_FOR_S
    assert shares.waiting == 30
    assert (shares.is_backed_up_for(Priority.READ, 0, 0, 0), shares.is_backed_up_for(Priority.READ, 30, 0, 0)) == (
        False,
        True,
    )
    for task in (holder, *greedy):
        task.cancel()
    await asyncio.wait([holder, *greedy])
    assert is_idle(shares)


@pytest.mark.survives("D22")
async def test_a_caller_has_fewer_places_while_the_turns_of_the_loop_are_long() -> None:
    """Every step of a caller's requests takes long. He runs fewer and fewer at once, until turns are short or he runs one; when turns
    are short again he has his places back."""
    now, turn_s = 0.0, 0.05
    shares = Shares(8, clock=lambda: now)

    async def one() -> None:
        nonlocal now
        if not shares.enter_at_once("greedy"):
            await shares.enter(Priority.READ, "greedy")
        for _ in range(2):
            now += turn_s
            await asyncio.sleep(0)
        shares.leave("greedy")

    await asyncio.gather(*(one() for _ in range(40)))
    assert shares.share == 1
    turn_s = 0.0005
    for _ in range(60):
        await asyncio.gather(*(one() for _ in range(20)))
    assert shares.share == 6
    assert is_idle(shares)


async def test_what_waits_is_bounded() -> None:
    shares = Shares(2)
    holders = [asyncio.create_task(work(shares, name, 5)) for name in ("a", "b")]
    await asyncio.sleep(0)
    waiting = [
        asyncio.create_task(work(shares, f"caller {number // 10}", 0)) for number in range(2 * module.WAITING_PER_PLACE)
    ]
    await asyncio.sleep(0)
    assert shares.waiting == 2 * module.WAITING_PER_PLACE
    with pytest.raises(Unavailable):
        await shares.enter(Priority.SESSION, "late")
    for task in [*holders, *waiting]:
        task.cancel()
    await asyncio.wait([*holders, *waiting])
    assert is_idle(shares)


def test_who_is_refused_together_does_not_come_back_together() -> None:
    assert len({refusal().retry_after_s for _ in range(200)}) == len(module.RETRY_S)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(list(Priority)), st.integers(0, 3), st.booleans()),
        max_size=40,
    )
)
def test_whatever_is_cancelled_no_place_is_lost_and_none_is_used_twice(
    calls: list[tuple[str, Priority, int, bool]],
) -> None:
    """A model: calls of three callers that last some turns, some cancelled at any turn; at the end all is free."""

    async def scene() -> None:
        shares = Shares(3)
        inside: Counter[str] = Counter()

        async def one(caller: str, priority: Priority, turns: int) -> None:
            await shares.enter(priority, caller)
            inside[caller] += 1
            try:
                assert inside.total() <= shares.capacity
                assert inside[caller] <= shares.share
                for _ in range(turns):
                    await asyncio.sleep(0)
            finally:
                inside[caller] -= 1
                shares.leave(caller)

        tasks = []
        for caller, priority, turns, is_cancelled in calls:
            task = asyncio.create_task(one(caller, priority, turns))
            tasks.append(task)
            if is_cancelled:
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
        for task in tasks:
            try:
                await task
            except (asyncio.CancelledError, Unavailable):
                continue
        assert is_idle(shares)

    asyncio.run(scene())

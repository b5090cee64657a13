"""What a node shows of a name: each read leads from one state to the next, and a store that forgot is not believed at once."""

from __future__ import annotations

import random
from itertools import count

from app.broadcast.presence_store import Answer, Read
from app.broadcast.presence_view import MAX_TOLD, Change, View

GRACE_S = 8.0


def answer(
    *changes: tuple[str, bool], revision: int, epoch: str = "e", anew: bool = False, upto: int | None = None
) -> Answer:
    return Answer(epoch, revision, False, False, 0, 0, 0, anew, revision if upto is None else upto, changes)


def loaded(*users: str) -> View:
    view = View(GRACE_S)
    view.take(answer(*((user, True) for user in users), revision=len(users), anew=True), 0.0)
    return view


def test_nothing_is_told_until_all_was_read_once() -> None:
    view = View(GRACE_S)
    assert view.take(answer(("ann", True), revision=3, anew=True, upto=1), 0.0) == Change()
    assert (view.is_loaded, view.read) == (False, Read("e", 1, 3))
    assert view.take(answer(("bob", True), ("cid", False), revision=4), 0.0) == Change()
    assert (view.is_loaded, view.first(), view.count, view.read) == (True, ["ann", "bob"], 2, Read("e", 4, 4))


def test_only_what_differs_from_what_is_shown_is_told() -> None:
    """Somebody who came and went between two reads, or went and came, has not changed."""
    view = loaded("ann", "bob")
    told = view.take(answer(("ann", True), ("cid", False), ("bob", False), ("dan", True), revision=9), 1.0)
    assert told == Change(("dan",), ("bob",))
    assert not view.take(answer(revision=9), 2.0)
    assert view.first() == ["ann", "dan"]


def test_of_a_store_that_began_anew_nobody_has_left_until_the_others_had_their_time() -> None:
    view = loaded("ann", "bob", "cid")
    assert view.take(answer(("ann", True), ("dan", True), revision=2, epoch="f", anew=True), 10.0) == Change(("dan",))
    assert view.take(answer(("bob", True), revision=3, epoch="f"), 10.0 + GRACE_S - 0.1) == Change()
    assert view.first() == ["ann", "bob", "cid", "dan"]
    assert view.take(answer(revision=3, epoch="f"), 10.0 + GRACE_S) == Change((), ("cid",))
    assert view.take(answer(("bob", False), revision=4, epoch="f"), 30.0) == Change((), ("bob",))


def test_a_store_that_fell_back_is_one_that_forgot() -> None:
    """To a replica that had less of the same epoch."""
    view = loaded("ann", "bob")
    assert view.take(answer(("ann", True), revision=1, anew=True), 10.0) == Change()
    assert view.take(answer(("bob", True), revision=2), 10.0 + GRACE_S) == Change()
    assert view.first() == ["ann", "bob"]


def test_who_was_away_for_too_long_reads_all_and_tells_the_difference() -> None:
    view = loaded("ann", "bob")
    first = answer(("ann", True), revision=5000, anew=True, upto=1)
    assert view.take(first, 10.0) == Change()
    assert view.read == Read("e", 1, 5000)
    assert view.take(answer(("cid", True), revision=5000), 10.0) == Change(("cid",), ("bob",))


def test_of_many_the_first_are_named() -> None:
    view = loaded(*(f"u{number}" for number in range(MAX_TOLD + 1)))
    assert (len(view.first()), view.first()[0], view.count) == (MAX_TOLD, "u0", MAX_TOLD + 1)


def test_what_is_told_always_leads_from_one_state_to_the_next() -> None:
    """Reads of any piece of a store that changes, forgets and falls back, against one who keeps what he is told."""
    draw = random.Random(7)
    view, kept, clock, epochs = View(GRACE_S), None, 0.0, count()
    store: dict[str, tuple[int, bool]] = {}
    epoch, revision = f"e{next(epochs)}", 0
    for _ in range(3000):
        clock += draw.random()
        for _ in range(draw.randrange(4)):
            revision += 1
            store[f"u{draw.randrange(12)}"] = revision, draw.random() < 0.6
        if draw.random() < 0.02:
            epoch, revision, store = f"e{next(epochs)}", 0, {}
        anew = epoch != view.read.epoch or view.read.revision > revision
        after = 0 if anew else view.read.revision
        news = sorted((at, user, is_here) for user, (at, is_here) in store.items() if at > after)
        piece = news[: draw.randrange(1, 6)]
        upto = revision if len(piece) == len(news) else piece[-1][0]
        told = view.take(
            answer(*((user, here) for _, user, here in piece), revision=revision, epoch=epoch, anew=anew, upto=upto),
            clock,
        )
        if kept is not None:
            assert not kept & set(told.joined)
            assert kept >= set(told.left)
            kept = (kept | set(told.joined)) - set(told.left)
            assert kept == set(view.first())
        elif view.is_loaded:
            kept = set(view.first())
    for _ in range(3):
        clock += GRACE_S
        news = sorted((at, user, here) for user, (at, here) in store.items() if at > view.read.revision)
        view.take(answer(*((user, here) for _, user, here in news), revision=revision, epoch=epoch), clock)
    assert set(view.first()) == {user for user, (_, is_here) in store.items() if is_here}

"""The fakes for tests of programs that use a client: typed answers, a record of calls, events; what is not prepared is a failure."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from generated.sdk_python.stele_client import AsyncClient, Attendance, Client, errors, models, topics
from generated.sdk_python.stele_client.testing import FakeAsyncClient, FakeClient, Unprepared, operations

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def artist(number: int, name: str = "Ada") -> models.Artist:
    return models.Artist(id=number, name=name, bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=1)


def register(client: Client, name: str) -> int:
    """A program's own code, which knows nothing of fakes."""
    try:
        return client.artists.create(name=name).id
    except errors.ArtistNameTaken:
        return client.artists.find(name=name).items[0].id


def test_a_program_is_tested_without_a_network() -> None:
    """Answers come in order, errors are raised, and each call is kept with what would have been sent."""
    fake = FakeClient()
    fake.prepare(operations.CREATE_ARTIST, artist(1), errors.ArtistNameTaken({"detail": "taken"}))
    meta = models.PageMeta(page=1, per_page=1, total=1, pages=1, has_more=False, next_cursor=None)
    fake.prepare(operations.GET_ARTISTS, models.ArtistList(items=[artist(7)], meta=meta))
    assert [register(fake, "Ada"), register(fake, "Ada")] == [1, 7]
    assert [(one.operation, one.values) for one in fake.calls] == [
        ("create_artist", {"name": "Ada"}),
        ("create_artist", {"name": "Ada"}),
        ("get_artists", {"name": "Ada"}),
    ]
    assert fake.unused == []
    assert isinstance(fake, Client)


def test_what_nobody_prepared_fails_the_test() -> None:
    fake = FakeClient()
    fake.prepare(operations.CREATE_ARTIST, artist(1))
    with pytest.raises(Unprepared, match="nobody prepared an answer to get_artist with"):
        fake.artists.get(artist_id=7)
    assert fake.unused == ["create_artist"]
    with pytest.raises(ValidationError):
        fake.prepare(operations.CREATE_ARTIST, models.WsTicket(ticket="t", expires_in=3))  # type: ignore[misc]  # what mypy says, too
    fake.respond(operations.GET_ARTIST, lambda values: artist(values["artist_id"]))
    assert [fake.artists.get(artist_id=number).id for number in (7, 8)] == [7, 8]


def test_a_paged_operation_is_walked() -> None:
    fake = FakeClient()
    more = models.PageMeta(page=1, per_page=1, total=2, pages=2, has_more=True, next_cursor="n")
    last = models.PageMeta(page=2, per_page=1, total=2, pages=2, has_more=False, next_cursor=None)
    pages = (models.ArtistPage(items=[artist(1)], meta=more), models.ArtistPage(items=[artist(2)], meta=last))
    fake.prepare(operations.GET_PAGINATED_ARTISTS, *pages)
    assert [one.id for one in fake.artists.paginate()] == [1, 2]
    assert fake.calls[1].values == {"cursor": "n"}


async def test_the_asynchronous_fake_is_the_same_and_sends_events() -> None:
    fake = FakeAsyncClient()
    fake.prepare(operations.CREATE_ARTIST, artist(1))
    assert isinstance(fake, AsyncClient)
    async with fake as client:
        assert (await client.artists.create(name="Ada")).id == 1
        heard: list[str] = []
        async with client.events(models.ArtistCreated) as stream:
            for name in ("Ada", "Grace"):
                fake.send(models.ArtistCreated(artist=artist(2, name)), after_gap=name == "Grace")
            async for event in stream:
                heard.append(event.data.artist.name)
                if event.after_gap:
                    break
    assert heard == ["Ada", "Grace"]


def test_a_topic_with_parameters_hears_what_is_sent_on_it() -> None:
    fake = FakeClient()
    seven, eight = topics.artists_by_artist_id(7), topics.artists_by_artist_id(8)
    with fake.events(seven) as stream:
        fake.send(models.ArtistUpdated(artist=artist(8)), on=eight)
        for name in ("Ada", "Grace"):
            fake.send(models.ArtistUpdated(artist=artist(7, name)), on=seven, after_gap=name == "Grace")
        told = [next(stream) for _ in range(2)]
    assert [(one.data.artist.name, one.topic, one.after_gap) for one in told] == [
        ("Ada", "artists/7", False),
        ("Grace", "artists/7", True),
    ]
    with pytest.raises(Unprepared, match="ArtistCreated is no event of artists/7"):
        fake.send(models.ArtistCreated(artist=artist(7)), on=seven)
    with pytest.raises(Unprepared, match="say which by `on`"):
        fake.send(models.ArtistUpdated(artist=artist(7)))


def test_a_topic_with_a_filter_hears_what_is_sent_on_an_equal_one() -> None:
    fake = FakeClient()
    with fake.events(topics.artists(artist_name=["Grace", "Ada"])) as stream:
        fake.send(models.ArtistCreated(artist=artist(1)))
        fake.send(models.ArtistCreated(artist=artist(2)), on=topics.artists(artist_name=["Ada", "Grace", "Ada"]))
        told = next(stream)
    assert (told.topic, told.data.artist.id) == ("artists?artist.name=Ada&artist.name=Grace", 2)


async def test_who_follows_a_topic_is_what_the_test_says() -> None:
    """For those who come later, too; a state is told with what it changes."""
    fake, seven = FakeAsyncClient(), topics.artists_by_artist_id(7)
    fake.send_presence(seven, ["ada", "grace"])
    async with fake.presence(seven) as stream:
        assert await anext(stream) == Attendance("artists/7", ("ada", "grace"), 2)
        fake.send_presence(topics.artists_by_artist_id(8), ["mary"])
        fake.send_presence(seven, ["grace", "mary"], count=1500)
        assert await anext(stream) == Attendance("artists/7", ("grace", "mary"), 1500, ("mary",), ("ada",))


def test_a_blocking_client_is_told_who_follows_a_topic() -> None:
    fake, seven = FakeClient(), topics.artists_by_artist_id(7)
    with fake.presence(seven) as stream:
        fake.send_presence(seven, ["ada"])
        fake.send_presence(seven, ["mary"])
        assert next(stream).users == ("mary",)


def test_a_blocking_stream_hears_another_thread() -> None:
    fake = FakeClient()
    with fake.events(models.ArtistCreated) as stream:
        thread = threading.Timer(0.05, lambda: fake.send(models.ArtistCreated(artist=artist(1))))
        thread.start()
        assert next(stream).data.artist.name == "Ada"
        thread.join()
    with pytest.raises(Unprepared, match="is no event of the contract"):
        fake.send(artist(1))


def test_a_stream_brings_what_was_prepared_and_is_cut_where_the_test_says() -> None:
    """The operation is one of the contract's, as if it were a stream."""
    fake, walked = FakeClient(), replace(operations.GET_ARTIST, is_stream=True)
    fake.prepare_items(walked, [artist(1), artist(2)])
    items: list[models.Artist | Exception] = [artist(3), errors.ConnectionLost("cut")]
    fake.prepare_items(walked, items)
    calls = fake._calls
    with calls.stream(walked, {"artist_id": 1}) as whole:
        assert [one.id for one in whole] == [1, 2]
    with calls.stream(walked, {"artist_id": 3}) as cut:
        assert next(cut).id == 3
        with pytest.raises(errors.ConnectionLost):
            next(cut)
    assert fake.unused == []


async def test_a_value_that_could_not_be_sent_is_found() -> None:
    fake = FakeClient()
    fake.respond(operations.GET_AUDIT_LOGS, lambda values: pytest.fail("it was sent"))
    with pytest.raises(ValueError, match="time zone"):
        fake.audit_log.get_page(since=datetime(2026, 1, 1))

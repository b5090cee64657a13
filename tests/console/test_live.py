"""What a person sees of a socket: frames both ways, events, calls in flight, and what the client does when it is done harm."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.async_api import Locator, expect

from app.development.servers import Postgres, Valkey
from generated.client import AsyncClient
from tests.console.visits import MARKS, Visit, visit
from tests.running_service import RunningService

pytestmark = MARKS


def line(console: Visit, text: str | re.Pattern[str]) -> Locator:
    """The newest line of the log that has the text."""
    return console.page.get_by_role("region", name="Log").get_by_role("listitem").filter(has_text=text).first


async def connect(console: Visit, encoding: str = "JSON") -> None:
    await console.open("#/live")
    await console.log_in()
    await console.page.get_by_label("Encoding").select_option(label=encoding)
    await console.page.get_by_role("button", name="Connect").click()
    await expect(console.page.get_by_text("Open", exact=True)).to_be_visible()


async def create(console: Visit, name: str) -> None:
    await console.page.get_by_label("Operation", exact=True).select_option(label="create_artist")
    await console.page.get_by_label("Request as JSON").fill(f'{{"name": "{name}"}}')
    await console.page.get_by_role("button", name="Send", exact=True).click()


@pytest.mark.parametrize("encoding", ["JSON", "protobuf"])
async def test_a_call_its_reply_and_its_event_are_seen(console: Visit, encoding: str) -> None:
    name = f"Live {uuid4()}"
    await connect(console, encoding)
    await console.page.get_by_label("artist_created").check()
    await expect(line(console, re.compile("subscribe"))).to_be_visible()
    await create(console, name)
    event = line(console, re.compile("topic artists"))
    await event.get_by_text("artist_created").first.click()
    await expect(event).to_contain_text(name)


async def test_a_topic_with_parameters_is_followed_and_left_by_its_values(console: Visit) -> None:
    """A field for each parameter; one value is one topic, and its events are seen until it is left."""
    page = console.page
    async with AsyncClient(console.url, username="admin", password="admin") as client:
        one, other = [await client.artists.create(name=f"Topic / {uuid4()}") for _ in range(2)]
        await connect(console)
        form = page.get_by_role("form", name="Topic artists/{artist.id}")
        await form.get_by_label("artist.id").fill("one")
        await expect(form.get_by_text("A whole number is needed.")).to_be_visible()
        await expect(form.get_by_role("button", name="Follow")).to_be_disabled()
        await form.get_by_label("artist.id").fill(str(one.id))
        await form.get_by_label("artist.id").press("Enter")
        await expect(line(console, "subscribed")).to_be_visible()
        await expect(form.get_by_role("button", name="Follow")).to_be_disabled()
        for artist in (other, one):
            await client.artists.update(artist_id=artist.id, name=f"{artist.name} II", expected_version=artist.version)
        event = line(console, f"topic artists/{one.id}")
        await event.get_by_text("artist_updated").first.click()
        await expect(event).to_contain_text(f"{one.name} II")
        await expect(line(console, f"topic artists/{other.id}")).to_have_count(0)
        await page.get_by_role("button", name=f"Unfollow artists/{one.id}").click()
        await expect(line(console, "unsubscribed")).to_be_visible()
        await expect(page.get_by_text("None of them is followed.")).to_be_visible()


async def test_a_topic_is_followed_in_part_by_the_fields_of_its_filter(console: Visit) -> None:
    """By several values of a field; what does not fit is said at its field and follows nothing, and a field is left out again."""
    page = console.page
    one, other, third = sorted(f"Part {uuid4()}" for _ in range(3))
    await connect(console)
    form = page.get_by_role("form", name="Topic artists", exact=True)
    follow = form.get_by_role("button", name="Follow")
    await expect(follow).to_be_disabled()
    await form.get_by_role("button", name="+ artist.id").click()
    await form.get_by_label("artist.id 1", exact=True).fill("one")
    await expect(form.get_by_text("A whole number is needed.")).to_be_visible()
    await expect(follow).to_be_disabled()
    await form.get_by_role("button", name="Remove artist.id 1").click()
    await expect(form.get_by_text("It must not be empty.")).to_be_visible()
    await expect(follow).to_be_disabled()
    await form.get_by_role("button", name="Leave artist.id out").click()
    await form.get_by_role("button", name="+ artist.name").click()
    await form.get_by_label("artist.name 1", exact=True).fill(other)
    await form.get_by_role("button", name="+ item of artist.name").click()
    await form.get_by_label("artist.name 2", exact=True).fill(one)
    await follow.click()
    await expect(line(console, "subscribed")).to_be_visible()
    async with AsyncClient(console.url, username="admin", password="admin") as client:
        for name in (third, other, one):
            await client.artists.create(name=name)
    topic = f"artists?artist.name={quote(one)}&artist.name={quote(other)}"
    told = page.get_by_role("region", name="Log").get_by_role("listitem").filter(has_text=f"topic {topic} offset")
    await expect(told).to_have_count(2)
    await told.first.get_by_text("artist_created").first.click()
    await expect(told.first).to_contain_text(one)
    await page.get_by_role("button", name=f"Unfollow {topic}").click()
    await expect(line(console, "unsubscribed")).to_be_visible()


async def test_a_parameter_and_a_filter_make_one_name(console: Visit) -> None:
    name = f"Ä/é {uuid4()}"
    async with AsyncClient(console.url, username="admin", password="admin") as client:
        artist = await client.artists.create(name=f"Before {uuid4()}")
        await connect(console)
        form = console.page.get_by_role("form", name="Topic artists/{artist.id}")
        await form.get_by_label("artist.id").fill(str(artist.id))
        await form.get_by_role("button", name="+ artist.name").click()
        await form.get_by_label("artist.name 1", exact=True).fill(name)
        await form.get_by_role("button", name="Follow").click()
        await expect(line(console, "subscribed")).to_be_visible()
        await client.artists.update(artist_id=artist.id, name=name, expected_version=artist.version)
        told = rf"artist_updated.*topic artists/{artist.id}\?artist\.name=%C3%84%2F%C3%A9%20"
        await expect(line(console, re.compile(told))).to_be_visible()


async def test_a_value_is_spelled_as_the_name_of_its_topic(console: Visit) -> None:
    """Whatever stands in it, as the clients spell it."""
    name = f"Ä/é {uuid4()}"
    async with AsyncClient(console.url, username="admin", password="admin") as client:
        artist = await client.artists.create(name=name)
        await connect(console)
        form = console.page.get_by_role("form", name="Topic artist-names/{artist.name}")
        await form.get_by_label("artist.name").fill(name)
        await form.get_by_role("button", name="Follow").click()
        await expect(line(console, "subscribed")).to_be_visible()
        await client.artists.update(artist_id=artist.id, name=name, bio="new", expected_version=artist.version)
        await expect(line(console, re.compile("artist_updated.*topic artist-names/%C3%84%2F%C3%A9%20"))).to_be_visible()


async def test_a_topic_that_the_handler_refuses_is_followed_no_more(console: Visit) -> None:
    await connect(console)
    form = console.page.get_by_role("form", name="Topic artists/{artist.id}")
    await form.get_by_label("artist.id").fill("9007199254740991")
    await form.get_by_role("button", name="Follow").click()
    await expect(line(console, "follows no more")).to_contain_text("artists/9007199254740991")
    await expect(console.page.get_by_text("None of them is followed.")).to_be_visible()


async def test_a_socket_that_is_cut_is_opened_again_and_what_was_followed_goes_on(console: Visit) -> None:
    name = f"After {uuid4()}"
    await connect(console)
    await console.page.get_by_label("artist_created").check()
    await expect(line(console, "subscribed")).to_be_visible()
    await console.page.get_by_role("button", name="Cut the socket").click()
    for text in ("you cut the socket", "the socket ended", "will connect again", "connected again", "resumes"):
        await expect(line(console, text)).to_be_visible()
    await create(console, name)
    await expect(line(console, re.compile("topic artists"))).to_be_visible()


async def test_where_no_socket_opens_calls_and_events_go_over_http_and_back(service: RunningService) -> None:
    """What a network does that lets no WebSocket through. The browser complains of each socket that fails, as it should."""
    name = f"Elsewhere {uuid4()}"
    async with visit(service.url) as console:
        await connect(console)
        await console.page.get_by_label("artist_created").check()
        await expect(line(console, "subscribed")).to_be_visible()
        await console.page.get_by_role("button", name="Let no socket through").click()
        await expect(line(console, re.compile("is answered over HTTP.*GET /events.*200"))).to_be_visible(timeout=30_000)
        await create(console, name)
        await expect(line(console, re.compile("is answered over HTTP.*POST /api/artists: 201"))).to_be_visible()
        event = line(console, re.compile("artist_created.*topic artists.*over HTTP"))
        await event.get_by_text("artist_created").first.click()
        await expect(event).to_contain_text(name)
        await console.page.get_by_role("button", name="Let sockets through").click()
        await expect(line(console, "connected again")).to_be_visible(timeout=60_000)


async def test_calls_in_flight_are_seen_and_cancelled_one_by_one(console: Visit) -> None:
    """While nothing is read, every call stays in flight; the client leaves the socket when it gives no sign of life."""
    await connect(console)
    await console.page.get_by_role("button", name="Stop reading").click()
    await console.page.get_by_label("Operation", exact=True).select_option(label="get_artists")
    await console.page.get_by_role("button", name="Send 10 at once").click()
    flights = console.page.get_by_role("button", name=re.compile("^Cancel get_artists"))
    await expect(flights).to_have_count(10)
    await flights.first.click()
    await expect(flights).to_have_count(9)
    await expect(line(console, "cancelled")).to_be_visible()
    await expect(line(console, "connected again")).to_be_visible(timeout=60_000)
    await expect(console.page.get_by_text("No call waits for its answer.")).to_be_visible(timeout=60_000)


async def test_the_log_is_filtered_and_lines_are_pinned_and_sent_again(console: Visit) -> None:
    await connect(console)
    await console.page.get_by_label("Operation", exact=True).select_option(label="get_artists")
    await console.page.get_by_role("button", name="Send", exact=True).click()
    await expect(line(console, "OK")).to_be_visible()
    sent = (
        console.page.get_by_role("region", name="Log")
        .get_by_role("listitem")
        .filter(has=console.page.get_by_label("sent", exact=True))
    )
    await expect(sent).to_have_count(1)
    await sent.first.get_by_text("get_artists").first.click()
    await sent.first.get_by_role("button", name="Send again").click()
    await expect(sent).to_have_count(2)
    await sent.last.get_by_role("button", name="Copy the frame", exact=True).click()
    await expect(sent.last.get_by_role("button", name="Copy the frame", exact=True)).to_have_text("Copied")
    await sent.last.get_by_role("button", name="Pin").click()
    await console.page.get_by_label("Filter the log").fill("nothing of this")
    await expect(sent).to_have_count(1)
    await console.page.get_by_role("button", name="Clear").click()
    await console.page.get_by_label("Filter the log").fill("")
    await expect(console.page.get_by_role("region", name="Log").get_by_role("listitem")).to_have_count(1)


async def test_a_token_is_renewed_in_the_socket_and_one_that_expires_ends_it(
    postgres: Postgres, valkey: Valkey, servers_folder: Path
) -> None:
    """The token is a frame of the socket, each time; why the socket ended is said."""
    folder = servers_folder / "expiring"
    with RunningService(folder, postgres.url, valkey.url, access_s=8) as running:
        async with visit(running.url) as console:
            await connect(console)
            log = console.page.get_by_role("region", name="Log").get_by_role("listitem")
            tokens = log.filter(has=console.page.get_by_label("sent", exact=True)).filter(has_text=re.compile("auth"))
            await expect(tokens.first).to_be_visible(timeout=30_000)
            await console.page.get_by_role("button", name="Let the token expire").click()
            await expect(line(console, "token_expired")).to_be_visible(timeout=30_000)
            await expect(line(console, "gives up")).to_be_visible()
            await expect(console.page.get_by_text("Closed", exact=True)).to_be_visible()


async def test_without_anything_it_says_what_will_stand_there(console: Visit) -> None:
    await console.open("#/live")
    await expect(console.page.get_by_text("Nothing has happened yet.")).to_be_visible()
    await expect(console.page.get_by_text("Log in above before you connect")).to_be_visible()

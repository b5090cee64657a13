"""What a person reads in the console: each operation and event of the contract that is served, in full."""

from __future__ import annotations

from playwright.async_api import Route, expect

from tests.console.visits import MARKS, Visit, visit
from tests.running_service import RunningService

pytestmark = MARKS
PAINT_MS = 1000


async def test_the_list_has_every_operation_and_event_and_the_page_paints_within_a_second(console: Visit) -> None:
    await console.open()
    names = await console.page.evaluate(
        "fetch('/client.json').then(one => one.json()).then(one => [...Object.keys(one.operations), ...Object.keys(one.events)])"
    )
    links = console.page.get_by_role("navigation", name="Operations and events").get_by_role("link")
    assert len(names) > 10
    await expect(links).to_have_count(len(names))
    paint = await console.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert paint < PAINT_MS, paint


async def test_search_finds_by_name_path_role_and_summary(console: Visit) -> None:
    await console.open()
    links = console.page.get_by_role("navigation", name="Operations and events").get_by_role("link")
    await console.page.keyboard.press("/")
    for words, found in (("create artist", 1), ("PUT", 1), ("delete-artist", 1), ("page by page", 2)):
        await console.page.keyboard.press("Control+A")
        await console.page.keyboard.type(words)
        visible = await links.all_inner_texts()
        assert len(visible) >= found, (words, visible)
    await console.page.keyboard.type(" and no more")
    await expect(console.page.get_by_text("Nothing is called")).to_be_visible()


async def test_an_operation_s_page_says_all_of_it(console: Visit) -> None:
    await console.open("#/operation/update_artist")
    main = console.page.get_by_role("main")
    for text in (
        "/api/artists/{artist_id}",
        "PkgID",
        "update-artist",
        "per user",
        "5 s",
        "expected_version",
        "200 characters",
        "or null",
    ):
        await expect(main.get_by_text(text).first).to_be_visible()
    await main.get_by_text("that a caller may hear of").click()
    row = main.get_by_role("row", name="version_mismatch")
    await expect(row).to_contain_text("412")


async def test_the_call_is_shown_in_each_language(console: Visit) -> None:
    await console.open("#/operation/create_artist")
    tabs = console.page.get_by_role("tablist", name="Languages")
    for name, text in (
        ("curl", "-X POST"),
        ("Python", "client.artists.create("),
        ("TypeScript", "client.artists.create({"),
        ("Frame", '"pkg_id": 3'),
    ):
        await tabs.get_by_role("tab", name=name).click()
        await expect(console.page.get_by_label(f"The call in {name}", exact=True)).to_contain_text(text)


async def test_an_event_says_where_it_comes_and_who_publishes_it(console: Visit) -> None:
    await console.open("#/event/artist_created")
    main = console.page.get_by_role("main")
    await expect(main.get_by_text("artists", exact=True).first).to_be_visible()
    await main.get_by_role("link", name="create_artist").click()
    await expect(console.page.get_by_role("heading", level=1)).to_have_text("create_artist")


async def test_a_place_that_is_none_leads_back(console: Visit) -> None:
    await console.open("#/operation/nothing_of_this_name")
    await console.page.get_by_role("link", name="See what there is").click()
    await expect(console.page.get_by_text("Over the socket")).to_be_visible()


async def test_a_contract_that_cannot_be_read_is_asked_for_again(service: RunningService) -> None:
    async with visit(service.url) as visitor:

        async def refuse(route: Route) -> None:
            await route.fulfill(status=503, body="")

        await visitor.page.route("**/openapi.json", refuse)
        await visitor.page.goto(service.url)
        await expect(visitor.page.get_by_role("heading", name="The contract cannot be read")).to_be_visible()
        await visitor.page.unroute("**/openapi.json")
        await visitor.page.get_by_role("button", name="Try again").click()
        await expect(visitor.page.get_by_text("Over the socket")).to_be_visible()

"""What a person reads in the console: each operation and event of the contract that is served, in full."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.async_api import Route, expect

from tests.console.visits import MARKS, Visit, visit
from tests.node import NODE, ROOT, judge
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


async def test_the_call_runs_as_it_is_shown(console: Visit, service: RunningService, tmp_path: Path) -> None:
    """Pasted, with a token in the variable, a name and a password, and the packages where they are here."""
    await console.open("#/operation/get_artists")
    shown = {}
    for name in ("curl", "Python", "TypeScript"):
        await console.page.get_by_role("tablist", name="Languages").get_by_role("tab", name=name).click()
        code = console.page.get_by_label(f"The call in {name}", exact=True)
        shown[name] = (await code.inner_text()).replace('"…"', '"editor"')
    called = judge("bash", "-c", f"{shown['curl']} --silent", TOKEN=await service.token("editor"))
    assert json.loads(called.text)["meta"]["page"] == 1
    written = judge(sys.executable, "-c", shown["Python"], PYTHONPATH=str(ROOT / "generated" / "sdk_python"))
    assert "meta=PageMeta(" in written.text, written.text
    (tmp_path / "package.json").write_text('{"type": "module"}')
    source = (ROOT / "generated" / "sdk_typescript" / "src" / "index.ts").as_posix()
    (tmp_path / "main.ts").write_text(shown["TypeScript"].replace('from "stele-client"', f'from "{source}"'))
    typed = judge(NODE, "--disable-warning=ExperimentalWarning", "main.ts", cwd=tmp_path)
    assert "nextCursor" in typed.text, typed.text


async def test_an_event_says_where_it_comes_and_who_publishes_it(console: Visit) -> None:
    await console.open("#/event/artist_created")
    main = console.page.get_by_role("main")
    await expect(main.get_by_text("artists", exact=True).first).to_be_visible()
    await expect(main.get_by_role("definition").filter(has_text="artist.name").first).to_be_visible()
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

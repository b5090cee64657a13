"""The console is for everybody: axe-core finds nothing in any state, in both colours, from 360 to 2,560 pixels, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.console.visits import MARKS, Scheme, Visit, visit
from tests.node import install
from tests.running_service import RunningService

pytestmark = MARKS
PLACES = ["", "#/operation/update_artist", "#/event/artist_created", "#/live", "#/operation/nothing"]


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    install()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440, 2560])
async def test_axe_finds_nothing_and_nothing_is_cut_off(service: RunningService, scheme: Scheme, width: int) -> None:
    async with visit(service.url, width=width, scheme=scheme) as visitor:
        for place in PLACES:
            await visitor.open(place)
            await visitor.clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_what_opens_and_what_is_answered(service: RunningService, scheme: Scheme) -> None:
    async with visit(service.url, scheme=scheme) as visitor:
        await visitor.open("#/operation/get_artists")
        await visitor.page.get_by_role("button", name="Log in").click()
        await visitor.clean()
        await visitor.page.keyboard.press("Escape")
        await visitor.send()
        await visitor.clean()
        await visitor.log_in()
        await visitor.page.get_by_role("button", name="All four doors").click()
        await expect(visitor.page.get_by_text("All 4 doors answer the same.")).to_be_visible()
        await visitor.page.get_by_role("button", name="WebSocket · protobuf").click()
        await visitor.answer.get_by_role("tab", name="As received").click()
        await visitor.clean()
        await visitor.page.get_by_role("tab", name="JSON", exact=True).click()
        await visitor.page.get_by_label("Request as JSON").fill('{"strange": ')
        await visitor.clean()


async def test_a_call_is_made_by_keyboard_alone(console: Visit) -> None:
    await console.open("#/operation/livez")
    await console.page.keyboard.press("Tab")
    await expect(console.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await console.page.keyboard.press("Enter")
    for _ in range(30):
        await console.page.keyboard.press("Tab")
        if await console.page.evaluate("document.activeElement.textContent") == "Send":
            break
    await console.page.keyboard.press("Enter")
    await expect(console.answer).to_contain_text("204")


async def go(console: Visit, name: str, key: str = "Tab") -> None:
    """To what has this name, by one key again and again."""
    for _ in range(80):
        await console.page.keyboard.press(key)
        focused = await console.page.evaluate(
            "(({ ariaLabel, labels, innerText }) => ariaLabel ?? labels?.[0]?.innerText ?? innerText)(document.activeElement)"
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"{key} does not reach {name}")


async def test_one_logs_in_follows_events_and_cuts_the_socket_by_keyboard_alone(console: Visit) -> None:
    page = console.page
    await console.open("#/live")
    await go(console, "Log in")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("User name")).to_be_focused()
    for key in ("Tab", "Enter"):
        await page.keyboard.type("editor")
        await page.keyboard.press(key)
    await expect(page.get_by_role("button", name="Log out")).to_be_visible()
    await go(console, "Connect")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Open", exact=True)).to_be_visible()
    await go(console, "artist_created")
    await page.keyboard.press("Space")
    log = page.get_by_role("region", name="Log")
    await expect(log.get_by_text("subscribed").first).to_be_visible()
    await go(console, "Cut the socket", "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(log.get_by_text("resumes").first).to_be_visible()


async def test_tabs_are_walked_by_arrows(console: Visit) -> None:
    await console.open("#/operation/create_artist")
    await console.page.get_by_role("tab", name="Form").focus()
    await console.page.keyboard.press("ArrowRight")
    await expect(console.page.get_by_role("tab", name="JSON", exact=True)).to_be_focused()
    await expect(console.page.get_by_label("Request as JSON")).to_be_visible()


async def test_the_colours_that_are_chosen_stay(console: Visit) -> None:
    await console.open()
    body = console.page.locator("body")
    light = await body.evaluate("one => getComputedStyle(one).backgroundColor")
    for name in ("system", "light"):
        await console.page.get_by_role("button", name=f"Colours: {name}").click()
    await expect(body).not_to_have_css("background-color", light)
    await console.page.reload()
    await expect(console.page.get_by_role("button", name="Colours: dark")).to_be_visible()
    await expect(body).not_to_have_css("background-color", light)

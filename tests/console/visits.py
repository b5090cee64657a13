"""Visits of a person to the console: a page in Chromium, and what they do there."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import ConsoleMessage, Page, Request, async_playwright, expect

from tests.node import MODULES

CHROMIUM = shutil.which("chromium")
MARKS = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the path: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]
Scheme = Literal["light", "dark"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "rules => axe.run({ runOnly: rules }).then(found => found.violations.map(one => `${one.id}: ${one.nodes[0].html} ${one.nodes[0].failureSummary}`))"


@dataclass
class Visit:
    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    """What the browser says of the page: refusals of its policy, errors that nobody caught."""
    strangers: list[str] = field(default_factory=list)
    """Requests to somebody else."""

    async def open(self, fragment: str = "") -> None:
        await self.page.goto(f"{self.url}/{fragment}")
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    async def log_in(self, user: str = "editor") -> None:
        await self.page.get_by_role("button", name="Log in").click()
        await self.page.get_by_label("User name").fill(user)
        await self.page.get_by_label("Password").fill(user)
        await self.page.get_by_role("dialog").get_by_role("button", name="Log in").click()
        await expect(self.page.get_by_role("button", name="Log out")).to_be_visible()

    async def send(self, door: str = "REST · JSON") -> None:
        await self.page.get_by_label("Door", exact=True).select_option(label=door)
        await self.page.get_by_role("button", name="Send").click()
        await expect(self.answer).to_be_visible()

    @property
    def answer(self) -> Any:
        return self.page.get_by_role("region", name="Answer")

    async def clean(self) -> None:
        """axe-core, of `tests/npm`, finds nothing in what is shown, and nothing of it is cut off at the side. What axe itself sets in line is among the
        complaints afterwards."""
        assert await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await self.page.evaluate((MODULES / "axe-core" / "axe.min.js").read_text())
        found = await self.page.evaluate(RUN, RULES)
        assert found == [], found

    def note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def look(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self.strangers.append(request.url)


@asynccontextmanager
async def visit(url: str, *, width: int = 1440, height: int = 1000, scheme: Scheme = "light") -> AsyncIterator[Visit]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.set_default_timeout(10_000)
        visitor = Visit(page, url)
        page.on("console", visitor.note)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.on("request", visitor.look)
        try:
            yield visitor
        finally:
            await browser.close()

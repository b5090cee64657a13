"""The site in Chromium, served by our application under its policy: it is read, searched and open to all in both colours, from a phone to a wall."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import expect

from app.audit.record import AuditRecord
from app.development.servers import free_port
from app.http.application import make_application
from app.http.guide import guide
from app.http.refusals import Refusals
from tests.console.visits import MARKS, Scheme, visit
from tests.node import install

pytestmark = MARKS
PAGES = (
    "index",
    "tutorial",
    "reference/errors",
    "reference/typescript_react",
    "explanations/request",
    "comparison",
)


class Rows:
    """Takes the audit rows of what is refused, such as a browser's look for an icon."""

    def offer(self, record: AuditRecord) -> None:
        assert record.code == "unknown_operation"


@contextmanager
def serving(site: Path) -> Iterator[str]:
    refusals = Refusals(Rows(), on_left_out=lambda _: None, trusted_proxies=0)
    application = make_application(lambda _: nullcontext(), refusals, documents=guide(site), metrics=None)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
            assert thread.is_alive()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    install()


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with serving(site) as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 2560])
async def test_pages_are_open_to_all(address: str, scheme: Scheme, width: int) -> None:
    """Nothing for axe-core to find, and nothing cut off at the side."""
    async with visit(address, width=width, scheme=scheme) as visitor:
        for page in PAGES:
            await visitor.page.goto(f"{address}/guide/{page}.html")
            await expect(visitor.page.get_by_role("heading", level=1).first).to_be_visible()
            await visitor.clean()


async def test_the_policy_of_the_service_refuses_nothing(address: str) -> None:
    """Its Content-Security-Policy has nothing beside 'self'; the browser would say what it refuses."""
    async with visit(address) as visitor:
        for page in PAGES:
            answer = await visitor.page.goto(f"{address}/guide/{page}.html")
            assert answer is not None
            policy = answer.headers["content-security-policy"]
            assert {word for rule in policy.split(";") for word in rule.split()[1:]} == {"'none'", "'self'"}
            await expect(visitor.page.get_by_role("heading", level=1).first).to_be_visible()
        assert (visitor.complaints, visitor.strangers) == ([], [])


async def test_tables_and_code_are_reached_by_keys_alone(address: str) -> None:
    async with visit(address, width=360) as visitor:
        await visitor.page.goto(f"{address}/guide/reference/errors.html")
        table = visitor.page.locator(".md-typeset__scrollwrap").first
        await table.focus()
        await visitor.page.keyboard.press("ArrowRight")
        await expect(table).not_to_have_js_property("scrollLeft", 0)


async def test_the_path_itself_leads_to_the_first_page(address: str) -> None:
    async with visit(address) as visitor:
        await visitor.page.goto(f"{address}/guide")
        await visitor.page.wait_for_url("**/guide/index.html")
        await visitor.page.get_by_role("link", name="First steps").first.click()
        await expect(visitor.page.get_by_role("heading", name="Two commands")).to_be_visible()


async def test_search_finds_a_word_with_no_server_behind_it(address: str) -> None:
    """The index and its reader are files of the site; only this address is asked."""
    async with visit(address) as visitor:
        await visitor.page.goto(f"{address}/guide/index.html")
        await visitor.page.get_by_role("button", name="Search").click()
        await visitor.page.get_by_role("combobox", name="Search").fill("slow_consumer")
        await visitor.page.get_by_role("dialog").get_by_text("Close codes").first.click()
        await visitor.page.wait_for_url("**/guide/**#close-codes")
        assert (visitor.complaints, visitor.strangers) == ([], [])

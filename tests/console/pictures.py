"""`make pictures`: the console's main states as pictures, of the contract in this tree, for README and docs/console.md.

Each is taken of a service that runs, with what the operation's own form proposes; nothing in them is drawn by hand.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import expect

from app.development.servers import embedded_postgres, embedded_valkey
from tests.console.visits import Scheme, Visit, visit
from tests.node import ROOT
from tests.running_service import RunningService

PICTURES = ROOT / "docs" / "pictures"
COMMAND, QUERY, EVENT = "create_author", "get_paginated_authors", "author_created"
"""Of the example's contract."""
PEOPLE = ("Mary Shelley", "Bram Stoker", "Ada Lovelace")


async def overview(console: Visit) -> None:
    await console.open()


async def attempt(console: Visit) -> None:
    """A command over the socket in protobuf, with its bytes."""
    await console.open(f"#/operation/{COMMAND}")
    await console.log_in()
    for name in PEOPLE:
        await console.page.get_by_label("name", exact=True).fill(name)
        await console.send("WebSocket · protobuf")
        await console.answer.get_by_text(name).first.wait_for()
    await console.answer.get_by_role("tab", name="As received").click()


async def mistake(console: Visit) -> None:
    await console.open(f"#/operation/{COMMAND}")
    await console.log_in()
    await console.page.get_by_label("name", exact=True).fill("")
    await console.send()


async def doors(console: Visit) -> None:
    await console.open(f"#/operation/{QUERY}")
    await console.log_in()
    await console.page.get_by_role("button", name="All four doors").click()
    await expect(console.page.get_by_text("All 4 doors answer the same.")).to_be_visible()


async def live(console: Visit) -> None:
    """An event after the socket was cut and opened again."""
    log = console.page.get_by_role("region", name="Log")
    await console.open("#/live")
    await console.log_in()
    await console.page.get_by_role("button", name="Connect").click()
    await console.page.get_by_label(EVENT).check()
    await expect(log.get_by_text("subscribed").first).to_be_visible()
    await console.page.get_by_role("button", name="Cut the socket").click()
    await expect(log.get_by_text("resumes").first).to_be_visible()
    await console.page.get_by_label("Operation", exact=True).select_option(label=COMMAND)
    await console.page.get_by_label("Request as JSON").fill('{\n  "name": "Emily Brontë"\n}')
    await console.page.get_by_role("button", name="Send", exact=True).click()
    await log.get_by_text("topic").first.click()


STATES: tuple[tuple[str, Scheme, int, Callable[[Visit], Awaitable[None]]], ...] = (
    ("console_overview", "light", 1440, overview),
    ("console_attempt", "dark", 1440, attempt),
    ("console_mistake", "light", 1440, mistake),
    ("console_doors", "light", 1440, doors),
    ("console_live", "light", 1440, live),
    ("console_small", "dark", 360, doors),
)


async def take(url: str) -> None:
    for name, scheme, width, act in STATES:
        async with visit(url, width=width, height=900, scheme=scheme) as console:
            await act(console)
            await console.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
            print(f"docs/pictures/{name}.png")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stele-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with (
            embedded_postgres(folder / "postgres") as postgres,
            embedded_valkey(folder / "valkey") as valkey,
            RunningService(folder / "service", postgres.url, valkey.url) as service,
        ):
            asyncio.run(take(service.url))


if __name__ == "__main__":
    main()

"""The TypeScript client in Chromium: a page of the service, a page of another origin, and one that is not allowed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest
from playwright.async_api import Page, async_playwright, expect

from app.development.servers import Postgres, Valkey
from tests.node import ESBUILD, MODULES, install, judge
from tests.running_service import RunningService

SOURCES = {"page": "page.ts", "react": "react_page.ts", "worker": "anywhere.ts"}
"""What the site has, by the name of its page; a worker has none."""
HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium")
HTML = '<!doctype html><meta charset="utf-8"><title>Page</title><script type="module" src="/{}.js"></script>'
WAYS = [("auto", "json"), ("http", "json"), ("http", "protobuf"), ("ws", "json"), ("ws", "protobuf")]
FAILURES = ("ConnectionLost", "DeadlineExceeded", "OutcomeUnknown")
CALLS = ["create_artist", "update_artist", "create_artist"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the path: apt-get install chromium"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the client, as a bundler makes it for browsers."""
    folder = tmp_path_factory.mktemp("site")
    entries = [f"{name}={HERE / 'typescript' / source}" for name, source in SOURCES.items()]
    flags = ("--bundle", "--platform=browser", "--format=esm", "--minify", f"--outdir={folder}")
    verdict = judge(install(), ESBUILD, *entries, *flags, NODE_PATH=str(MODULES))
    assert verdict.accepted, verdict.text
    for name in SOURCES:
        (folder / f"{name}.html").write_text(HTML.format(name))
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def origin(folder: Path) -> Iterator[str]:
    """The folder's files under an origin of their own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def allowed(site: Path) -> Iterator[str]:
    with origin(site) as address:
        yield address


@pytest.fixture(scope="module")
def browsed(postgres: Postgres, valkey: Valkey, servers_folder: Path, allowed: str) -> Iterator[RunningService]:
    """A service that allows two origins: its own and another."""
    folder = servers_folder / "browsed"
    with RunningService(folder, postgres.url, valkey.url, origins=(allowed,)) as running:
        yield running


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(bypass_csp=True)
        yield page
        await browser.close()


async def visit(page: Page, address: str) -> None:
    await page.goto(f"{address}/page.html")
    await is_ready(page)


async def is_ready(page: Page) -> None:
    await page.wait_for_function("globalThis.stele !== undefined")


async def day(
    page: Page,
    service: RunningService,
    transport: str,
    encoding: str,
    timeout_ms: int = 20_000,
    *,
    use_ticket: bool = False,
) -> Any:
    options = {
        "baseUrl": service.url,
        "transport": transport,
        "encoding": encoding,
        "timeoutMs": timeout_ms,
        "useTicket": use_ticket,
        "credentials": {"username": "admin", "password": "admin"},
    }
    return await page.evaluate("([options, name]) => stele(options, name)", [options, f"page {uuid4()}"])


async def check(page: Page, service: RunningService) -> None:
    for transport, encoding in WAYS:
        seen = await day(page, service, transport, encoding)
        assert isinstance(seen, dict), (transport, encoding, seen)
        door = "http" if transport == "http" else "ws"
        assert [one for one in seen["doors"] if "artist" in one] == [f"{name} {door}" for name in CALLS]
        assert seen["refusal"] == {"code": "artist_name_taken", "traceId": True}
        assert seen["warnings"] == []
        assert seen.get("event") is (None if transport == "http" else True)


async def test_a_page_of_the_service_s_own_origin_uses_both_doors(
    page: Page, site: Path, browsed: RunningService
) -> None:
    """The page is `/health`, with the client put into it."""
    await page.goto(f"{browsed.url}/health")
    await page.add_script_tag(path=site / "page.js", type="module")
    await is_ready(page)
    await check(page, browsed)


async def test_a_page_of_an_allowed_origin_uses_both_doors(page: Page, allowed: str, browsed: RunningService) -> None:
    await visit(page, allowed)
    await check(page, browsed)


WORKER_SCRIPT = """
(words) => new Promise((resolve, reject) => {
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onerror = (event) => reject(new Error(event.message));
  worker.onmessage = ({ data }) => (data === "ready" ? worker.postMessage(words) : resolve(JSON.parse(data)));
})
"""


@pytest.mark.parametrize(("transport", "encoding"), [("auto", "json"), ("ws", "protobuf")])
async def test_a_worker_uses_the_client_as_a_page_does(
    page: Page, allowed: str, browsed: RunningService, transport: str, encoding: str
) -> None:
    await page.goto(f"{allowed}/page.html")
    name = f"worker {uuid4()}"
    seen = await page.evaluate(WORKER_SCRIPT, [browsed.url, transport, encoding, name])
    assert seen == {"name": name, "refused": True, "heard": True, "login": True}


async def test_components_show_operations_and_events(page: Page, allowed: str, browsed: RunningService) -> None:
    """The hooks in React's strict mode, which begins every effect twice: a result, what it became since, an error, nothing, the
    last events of a topic, and who follows it."""
    headers = {"authorization": f"Bearer {await browsed.token('editor')}"}
    async with httpx2.AsyncClient(base_url=browsed.url, headers=headers, trust_env=False) as outside:
        names = [f"react {number} {uuid4()}" for number in range(4)]
        made = (await outside.post("/api/artists", json={"name": names[0], "bio": "before"})).json()
        where = quote(f"{browsed.url} {made['id']}")
        await page.goto(f"{allowed}/react.html#{where}")
        await expect(page.locator("#artist")).to_have_text(names[0])
        change = {"name": names[0], "bio": "after"}
        (await outside.put(f"/api/artists/{made['id']}", json=change)).raise_for_status()
        await expect(page.locator("#bio")).to_have_text("before")
        await page.click("#reload")
        await expect(page.locator("#bio")).to_have_text("after")
        for _ in range(50):  # Until the topic is followed.
            (await outside.put(f"/api/artists/{made['id']}", json=change)).raise_for_status()
            if await page.locator("#changes").text_content():
                break
        await expect(page.locator("#changes")).to_have_text(f"artist_updated artists/{made['id']}")
        await expect(page.locator("#present")).to_have_text("1")
        await page.click("#other")
        await expect(page.locator("#artist")).to_have_text("ArtistNotFound")
        for name in names[1:]:
            await outside.post("/api/artists", json={"name": name})
        await expect(page.locator("#events")).to_have_text(",".join(names[2:]))


TICKET_SCRIPT = """
async ([base, user, uses]) => {
  const post = async (path, body, token) => {
    const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
    return (await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const open = (ticket) => new Promise((resolve) => {
    const socket = new WebSocket(`${base.replace("http", "ws")}/web?ticket=${ticket}`, "stele.v1.json");
    socket.onopen = () => socket.send(JSON.stringify({ type: "unsubscribe", topics: [""] }));
    socket.onmessage = (message) => { resolve(JSON.parse(message.data).type); socket.close(); };
    socket.onerror = () => resolve("refused");
  });
  const token = (await post("/auth/login", { username: user, password: user })).access_token;
  const { ticket } = await post("/auth/ws-ticket", {}, token);
  const seen = [];
  for (let use = 0; use < uses; use += 1) {
    seen.push(await open(ticket));
  }
  return seen;
}
"""


@pytest.mark.survives("A13", "D8")
async def test_a_page_opens_a_socket_with_a_ticket_once(page: Page, allowed: str, browsed: RunningService) -> None:
    """A13 (D8): pages of the service's own origin and of an allowed one ask for a ticket and open a socket with it, once."""
    for address in (f"{browsed.url}/health", f"{allowed}/page.html"):
        await page.goto(address)
        assert await page.evaluate(TICKET_SCRIPT, [browsed.url, "reader", 2]) == ["unsubscribed", "refused"]


async def test_the_client_opens_its_socket_with_a_ticket(page: Page, allowed: str, browsed: RunningService) -> None:
    await visit(page, allowed)
    seen = await day(page, browsed, "ws", "json", use_ticket=True)
    assert isinstance(seen, dict), seen
    assert [one for one in seen["doors"] if "artist" in one] == [f"{name} ws" for name in CALLS]


async def test_a_page_of_another_origin_gets_neither_door(page: Page, site: Path, browsed: RunningService) -> None:
    with origin(site) as stranger:
        await visit(page, stranger)
        assert await day(page, browsed, "http", "json", 3000) in FAILURES
        assert await day(page, browsed, "ws", "json", 3000) in FAILURES

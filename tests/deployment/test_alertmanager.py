"""Alertmanager itself, by docker/alertmanager: whom an alert reaches, with what, and which alerts say nothing new."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import httpx2
import pytest
import yaml
from typing_extensions import override

from app.development.servers import free_port
from tests.deployment.composed import DOCKER, ROOT
from tests.missing import missing

ALERTS = ROOT / "generated" / "observability" / "prometheus" / "alerts.yaml"
WITHIN_S = 30.0
WAIT = {"group_wait: 30s": "group_wait: 1s", "group_wait: 10s": "group_wait: 1s"}
"""How long it gathers what belongs together."""


class OnCall:
    """Takes a POST, as who is called by a webhook does, and keeps what came."""

    def __init__(self) -> None:
        self.told = Queue[dict[str, Any]]()
        told = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> OnCall:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def on_call() -> Iterator[OnCall]:
    with OnCall() as one:
        yield one


@pytest.fixture
async def alertmanager(on_call: OnCall, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """The program with the compose file's configuration, but for where it calls (Debian's knows no `url_file`) and how long it gathers."""
    if (program := shutil.which("prometheus-alertmanager")) is None:
        missing("Alertmanager is not here; Debian has it in prometheus-alertmanager")
    text = (DOCKER / "alertmanager" / "alertmanager.yaml").read_text()
    for old, new in {"url_file: /run/secrets/on_call_url": f"url: {on_call.url}", **WAIT}.items():
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "one.yaml").write_text(text)
    port = free_port()
    process = launched(str(program), tmp_path, port)
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            async with asyncio.timeout(WITHIN_S):
                while not await is_ready(client):
                    assert process.poll() is None, (tmp_path / "log").read_text()
                    await asyncio.sleep(0.1)
            yield client
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


def launched(program: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    """By the file `one.yaml` of the folder, where its log goes to."""
    words = [f"--config.file={folder}/one.yaml", f"--storage.path={folder}/data", "--cluster.listen-address="]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([program, *words, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)


async def is_ready(client: httpx2.AsyncClient) -> bool:
    with suppress(httpx2.TransportError):
        return (await client.get("/-/ready")).status_code == 200
    return False


def fired(name: str, /, **labels: str) -> dict[str, Any]:
    """As Prometheus tells it, with the labels and annotations of the generated rule."""
    rules = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
    rule = next(one for one in rules if one["alert"] == name)
    return {
        "labels": {"alertname": name, "job": "service", **rule["labels"], **labels},
        "annotations": rule["annotations"],
    }


async def test_a_page_silences_its_own_slow_burn_and_no_other_ticket(alertmanager: httpx2.AsyncClient) -> None:
    """A node that is gone must not hide that audit rows are late, nor the fast burn of one operation the slow one of another."""
    told = [
        fired("TargetIsGone", instance="node-1:8081"),
        fired("AuditIsLate", instance="node-2:8081"),
        fired("BreakerIsOpen", instance="node-2:8081", name="redis"),
        fired("OperationFails", operation="get_artist"),
        fired("OperationFailsSteadily", operation="get_artist"),
        fired("OperationFailsSteadily", operation="get_artists"),
        fired("OperationIsSlowSteadily", operation="get_artist"),
    ]
    (await alertmanager.post("/api/v2/alerts", json=told)).raise_for_status()
    found = (await alertmanager.get("/api/v2/alerts")).raise_for_status().json()
    assert len(found) == len(told)
    silenced = [
        (one["labels"]["alertname"], one["labels"].get("operation")) for one in found if one["status"]["inhibitedBy"]
    ]
    assert silenced == [("OperationFailsSteadily", "get_artist")]


async def test_who_is_on_call_is_told_what_it_is_and_where_to_read_on(
    alertmanager: httpx2.AsyncClient, on_call: OnCall
) -> None:
    (
        await alertmanager.post("/api/v2/alerts", json=[fired("PartIsDown", instance="node-1:8081", part="database")])
    ).raise_for_status()
    told = await asyncio.to_thread(on_call.told.get, True, WITHIN_S)
    assert told["status"] == "firing"
    (alert,) = told["alerts"]
    assert (alert["labels"]["severity"], alert["labels"]["part"]) == ("page", "database")
    place, _, anchor = alert["annotations"]["runbook"].partition("#")
    assert f"\n## {alert['labels']['alertname']}\n" in (ROOT / place).read_text()
    assert anchor == alert["labels"]["alertname"].lower()

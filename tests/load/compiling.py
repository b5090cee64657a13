"""How long `python -m codegen generate` takes when nothing is new to the machine: for the shipped contract and a large one;
and from a save to the generated file with `--watch`.

`python -m tests.load.compiling` prints it alone; `make bench` prints it, too.
"""

from __future__ import annotations

import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.codegen import large
from tests.codegen.contracts import ROOT, SHIPPED
from tests.faults.processes import hears_interrupts

ROUNDS = 5
LIMIT_S = 20
NAME = re.compile(r"(ArtistName:\n  type: string\n  minLength: 1\n  maxLength: )\d+")
SHIPPED_TARGET_S, WATCH_TARGET_S, LARGE_TARGET_S = 2.0, 1.0, 10.0


@dataclass(frozen=True)
class Compilation:
    contract: str
    seconds: float
    target_s: float

    @property
    def is_met(self) -> bool:
        return self.seconds <= self.target_s


def compilations() -> list[Compilation]:
    with tempfile.TemporaryDirectory(prefix="stele-") as name:
        folder = Path(name)
        return [
            Compilation("shipped", _typical(SHIPPED, folder / "shipped"), SHIPPED_TARGET_S),
            Compilation("shipped, from a save with --watch", _watched(folder / "watched"), WATCH_TARGET_S),
            Compilation("large, 150 operations", _typical(large.write(folder), folder / "large"), LARGE_TARGET_S),
        ]


def table(found: list[Compilation]) -> str:
    lines = [f"{'python -m codegen generate':32}{'s':>9}{'target':>9}"]
    for one in found:
        missed = "" if one.is_met else "  missed"
        lines.append(f"{one.contract:32}{one.seconds:9.2f}{f'≤ {one.target_s:.0f}':>9}{missed}")
    return "\n".join(lines)


def _typical(specs: Path, out: Path) -> float:
    """The median after a first run, which fills the caches and writes what the others find there."""
    _generate(specs, out)
    return statistics.median(_generate(specs, out) for _ in range(ROUNDS))


def _watched(folder: Path) -> float:
    """The median time from the save of a schema until `generated/models.py` says so."""
    specs, models = folder / "specs", folder / "generated" / "models.py"
    shutil.copytree(SHIPPED, specs)
    command = [
        sys.executable,
        "-m",
        "codegen",
        "--specs",
        str(specs),
        "--out",
        str(models.parent),
        "generate",
        "--watch",
    ]
    watching = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, preexec_fn=hears_interrupts)
    try:
        wait_until(lambda: models.exists(), LIMIT_S)
        return statistics.median(_saved(specs, models, 100 + number) for number in range(ROUNDS))
    finally:
        watching.send_signal(signal.SIGINT)
        watching.wait(LIMIT_S)


def _saved(specs: Path, models: Path, length: int) -> float:
    path = specs / "schemas" / "artist.yaml"
    text = NAME.sub(rf"\g<1>{length}", path.read_text())
    time.sleep(LIMIT_S / 20)
    started = time.perf_counter()
    path.write_text(text)
    wait_until(lambda: f"max_length={length}" in models.read_text(), LIMIT_S)
    return time.perf_counter() - started


def wait_until(is_so: Callable[[], bool], limit_s: float) -> None:
    """TimeoutError if it is not so in time."""
    end = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing happened in {limit_s} s")
        time.sleep(0.01)


def _generate(specs: Path, out: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "codegen", "--specs", str(specs), "--out", str(out), "generate"]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(table(compilations()))

"""How long `python -m codegen generate` takes when nothing is new to the machine: for the shipped contract and a large one.

`python -m tests.load.compiling` prints it alone; `make bench` prints it, too.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.codegen import large
from tests.codegen.contracts import ROOT, SHIPPED

ROUNDS = 5
SHIPPED_TARGET_S, LARGE_TARGET_S = 2.0, 10.0


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


def _generate(specs: Path, out: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "codegen", "--specs", str(specs), "--out", str(out), "generate"]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    print(table(compilations()))

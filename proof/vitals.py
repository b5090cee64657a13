"""What a service holds, as its metrics say it: memory, files, sockets and tasks, before and after."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import httpx2

TIMEOUT_S = 5.0
SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{[^}]*\})? ([0-9.eE+-]+)")
ALLOWED: dict[str, float] = {
    "process_resident_memory_bytes": 20 * 1024 * 1024,
    "process_open_fds": 5,
    "sockets": 0,
    "tasks": 5,
}
"""How much more of each may be there at the end, by the end of its name."""
REST_S = 10.0


@dataclass(frozen=True, slots=True)
class Vitals:
    held: dict[str, float]

    def grown(self, later: Vitals) -> list[str]:
        """One sentence for each that is above what may be."""
        out = []
        for name, before in self.held.items():
            after = later.held.get(name, before)
            if after - before > ALLOWED[_end(name)]:
                out.append(f"{name} was {before:g}, and is {after:g}")
        return out


def measure(url: str) -> Vitals | None:
    """None where nothing at the URL says it."""
    try:
        with httpx2.Client(trust_env=False, timeout=TIMEOUT_S) as client:
            answer = client.get(url)
    except httpx2.HTTPError:
        return None
    if answer.status_code != 200:
        return None
    found = [one for line in answer.text.splitlines() if (one := SAMPLE.fullmatch(line.strip()))]
    held = {one[1]: float(one[2]) for one in found if _end(one[1])}
    return Vitals(held) if held else None


def settled(url: str, before: Vitals) -> Vitals | None:
    """Measured again until nothing is above what may be, or for REST_S."""
    until = time.monotonic() + REST_S
    now = measure(url)
    while now is not None and before.grown(now) and time.monotonic() < until:
        time.sleep(0.5)
        now = measure(url)
    return now


def _end(name: str) -> str:
    return next((end for end in ALLOWED if name == end or name.endswith(f"_{end}")), "")

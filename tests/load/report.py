"""The figures of one run as a table of loads, a table of ratios, and a chart of the ratios against their targets."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.load.cells import Figure

ROW_PX, LABEL_PX, SCALE_PX, WIDTH_PX = 26, 380, 220, 860


@dataclass(frozen=True)
class Ratio:
    """Ours over theirs: of the rate (and of the processor time, theirs over ours), or of a cost, where less is better."""

    name: str
    value: float
    cpu: float | None
    target: float | None
    is_cost: bool = False

    @property
    def is_met(self) -> bool:
        return self.target is None or (self.value <= self.target if self.is_cost else self.value >= self.target)


PAIRS = [
    ("HTTP page 64c", "HTTP page 64c FastAPI", 1.10),
    ("HTTP page 64c", "HTTP page 64c Starlette", None),
    ("POST 64c", "POST 64c FastAPI", 0.40),
    ("POST 64c", "POST 64c Starlette", None),
    ("WS page JSON 64s", "WS page JSON 64s reference", 0.50),
    ("WS page JSON 1s 32 in flight", "WS page JSON 64s reference", 0.45),
    ("WS page protobuf 64s", "WS page JSON 64s", 0.80),
    ("WS page JSON 64s", "WS echo 64s reference", None),
]
SOCKET_TARGETS = {
    "connects/s": 0.45,
    "idle socket KiB": 1.3,
    "broadcast to 1,000 ms": 1.4,
    "its pushes alone ms": 1.08,
}
"""A whole broadcast has a row to commit here, and a stream that brings its event; the pushes are the same work."""


def ratios(figures: dict[str, Figure], sockets: dict[str, tuple[float, float]]) -> list[Ratio]:
    found = []
    for ours, theirs, target in PAIRS:
        a, b = figures[ours], figures[theirs]
        found.append(Ratio(f"{ours} / {theirs}", a.rate / b.rate, b.cpu_us / a.cpu_us, target))
    for name, (ours_value, theirs_value) in sockets.items():
        is_cost = name != "connects/s"
        found.append(Ratio(f"{name} / bare", ours_value / theirs_value, None, SOCKET_TARGETS[name], is_cost))
    return found


def table(figures: dict[str, Figure], sockets: dict[str, tuple[float, float]], found: list[Ratio]) -> str:
    lines = [f"{'load':32}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}"]
    for name, one in figures.items():
        lines.append(f"{name:32}{one.rate:9.0f}{one.p50_ms:9.2f}{one.p99_ms:9.2f}{one.cpu_us:9.1f}")
    lines += ["", f"{'sockets':32}{'ours':>9}{'bare':>9}"]
    lines += [f"{name:32}{ours:9.1f}{bare:9.1f}" for name, (ours, bare) in sockets.items()]
    lines += ["", f"{'ratio':58}{'value':>7}{'CPU':>7}{'target':>9}"]
    for ratio in found:
        cpu = "" if ratio.cpu is None else f"{ratio.cpu:.2f}"
        sign = "≤" if ratio.is_cost else "≥"
        target = "-" if ratio.target is None else f"{sign} {ratio.target:.2f}"
        missed = "" if ratio.is_met else "  missed"
        lines.append(f"{ratio.name:58}{ratio.value:7.2f}{cpu:>7}{target:>9}{missed}")
    return "\n".join(lines)


def chart(found: list[Ratio]) -> str:
    """An SVG: one bar per ratio, a line where its target is."""
    height = ROW_PX * len(found) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_PX}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH_PX}" height="{height}" fill="#fff"/>',
    ]
    for number, ratio in enumerate(found):
        top = 15 + number * ROW_PX
        length = min(ratio.value * SCALE_PX, WIDTH_PX - LABEL_PX - 60)
        colour = "#3b7a57" if ratio.is_met else "#b5483a"
        parts.append(f'<text x="8" y="{top + 14}">{escape(ratio.name)}</text>')
        parts.append(f'<rect x="{LABEL_PX}" y="{top}" width="{length:.1f}" height="18" fill="{colour}"/>')
        parts.append(f'<text x="{LABEL_PX + length + 6:.1f}" y="{top + 14}">{ratio.value:.2f}</text>')
        if ratio.target is not None:
            at = LABEL_PX + ratio.target * SCALE_PX
            parts.append(f'<path d="M{at:.1f} {top - 3}v24" stroke="#222" stroke-width="2"/>')
    return "\n".join([*parts, "</svg>", ""])

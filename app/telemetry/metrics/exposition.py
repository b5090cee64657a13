"""How metrics are written: as Prometheus' text, or as OpenMetrics for a scraper that asks for it, which alone has room for exemplars."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import exposition
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
OFFER = "application/openmetrics-text"
VERSIONS = ("version=1.0.0", "version=1.0.1")
"""Those that a reader of 1.0.0 may ask for by; one of a draft, 0.0.1, reads something else."""


def exposition_type(accept: str) -> str:
    """OpenMetrics for an `Accept` that names it, as Prometheus' does; text for all others."""
    return OPENMETRICS if any(_takes_openmetrics(one) for one in accept.lower().split(",")) else TEXT


def _takes_openmetrics(media_range: str) -> bool:
    name, *parameters = (part.replace(" ", "").replace('"', "") for part in media_range.split(";"))
    if name != OFFER or any(one in ("q=0", "q=0.0", "q=0.00", "q=0.000") for one in parameters):
        return False
    versions = [one for one in parameters if one.startswith("version=")]
    return not versions or versions[0] in VERSIONS


def written(families: Collector, kind: str) -> bytes:
    """`kind` is what `exposition_type` answered. Text leaves exemplars out."""
    write: Callable[[Collector], bytes] = (
        openmetrics.generate_latest if kind == OPENMETRICS else exposition.generate_latest
    )
    return write(families)

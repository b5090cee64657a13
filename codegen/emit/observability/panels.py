"""What a panel shows, before it is Grafana's JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

JOB = 'job=~"$job"'
"""Every query about the service's nodes asks for the jobs that the reader of the dashboard has chosen."""
OURS = '| json | service="NAME"'
LINES, FAULTS = f'{{container=~".+"}} {OURS}', f'{{container=~".+", level=~"error|critical"}} {OURS}'
"""LogQL for the lines of the service's nodes; the labels `container` and `level` are what `docker/alloy` gives, `service` what each line says."""
SEARCH = "$search"
"""A word that the reader of a dashboard types, such as a `trace_id`."""
Source = Literal["prometheus", "loki"]
"""Whom a panel asks: the uid and the type of the data source, as `docker/grafana` provisions both."""


@dataclass(frozen=True, slots=True)
class Panel:
    """`queries` are PromQL, or LogQL where `source` is Loki, with what the legend says; in them `NAME` is the product's name. `unit` is
    one of Grafana's; `width` is in columns, of which a row has 24."""

    title: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"
    says: str = ""
    kind: Literal["lines", "number", "log"] = "lines"
    width: int = 8
    source: Source = "prometheus"


@dataclass(frozen=True, slots=True)
class Part:
    """A dashboard about one part of the service; `name` is its file and its address."""

    name: str
    title: str
    panels: tuple[Panel, ...]


def number(title: str, query: str, unit: str = "short", says: str = "") -> Panel:
    return Panel(title, ((query, ""),), unit, says, "number", 4)


def counted(lines: str, by: str) -> tuple[str, str]:
    """How many of the lines that LogQL finds there were in each step, and their legend; `by` as in `rate`."""
    return f"sum by ({', '.join(by.split())}) (count_over_time({lines} [$__auto]))", _legend(by, "")


def log(title: str, lines: str, says: str = "") -> Panel:
    """The lines themselves, over the whole width."""
    return Panel(title, ((lines, ""),), says=says, kind="log", width=24, source="loki")


def rate(metric: str, labels: str = "", only: str = "") -> tuple[str, str]:
    """What a counter gains in a second, and its legend; `labels` part the lines and are separated by a space."""
    by = ", ".join(labels.split())
    inner = f"rate(NAME_{metric}{{{only}{', ' if only else ''}{JOB}}}[$__rate_interval])"
    return (f"sum by ({by}) ({inner})" if by else f"sum({inner})"), _legend(labels, metric)


def total(metric: str, labels: str = "") -> tuple[str, str]:
    """A gauge over all nodes."""
    by = ", ".join(labels.split())
    inner = f"NAME_{metric}{{{JOB}}}"
    return (f"sum by ({by}) ({inner})" if by else f"sum({inner})"), _legend(labels, metric)


def worst(metric: str, labels: str = "") -> tuple[str, str]:
    """A gauge of the node that has most of it."""
    by = ", ".join(labels.split())
    inner = f"NAME_{metric}{{{JOB}}}"
    return (f"max by ({by}) ({inner})" if by else f"max({inner})"), _legend(labels, metric)


def quantiles(histogram: str, only: str = "", of: tuple[float, ...] = (0.5, 0.99)) -> Iterator[tuple[str, str]]:
    """Lines of the median and of the 99th percentile."""
    for share in of:
        inner = f"NAME_{histogram}_bucket{{{only}{', ' if only else ''}{JOB}}}"
        yield f"histogram_quantile({share}, sum by (le) (rate({inner}[$__rate_interval])))", f"p{share * 100:g}"


def _legend(labels: str, metric: str) -> str:
    return " ".join(f"{{{{{one}}}}}" for one in labels.split()) or metric.removesuffix("_total").replace("_", " ")

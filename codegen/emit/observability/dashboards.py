"""Dashboards: the service at a glance, one of each feature with its operations, and one of each part that it is made of.

Grafana's own library builds them, so that what is written is what Grafana reads. Adding an operation adds its panels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from grafana_foundation_sdk.builders import common, dashboard, logs, loki, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DataSourceRef, GridPos

from codegen.emit.observability.alerts import named
from codegen.emit.observability.panels import JOB, SEARCH, Panel, Source, quantiles
from codegen.emit.observability.parts import OVERVIEW, PARTS
from codegen.ir.operations import Contract, Operation

COLUMNS, HEIGHT = 24, 7
"""Of Grafana's grid."""
REFRESH, SPAN = "30s", "now-3h"
Row = tuple[str, tuple[Panel, ...]]
"""Its heading, or none, and what stands below."""


def emit(contract: Contract) -> Iterator[tuple[str, str]]:
    """Names of files, without their ending, and their JSON."""
    product = contract.info.product
    for part in (OVERVIEW, *PARTS):
        yield part.name, _dashboard(product, part.name, part.title, [("", part.panels)])
    for feature in contract.features:
        rows = [(one.name, tuple(_of_operation(one))) for one in contract.operations if one.feature == feature]
        yield f"feature_{feature}", _dashboard(product, f"feature-{feature}", f"Feature {feature}", rows)


def _of_operation(operation: Operation) -> Iterator[Panel]:
    only = f'operation="{operation.name}"'
    calls = f"sum by (door, code) (rate(NAME_requests_total{{{only}, {JOB}}}[$__rate_interval]))"
    yield Panel("Calls", ((calls, "{{door}} {{code}}"),), "reqps")
    yield Panel("Time in the pipeline", tuple(quantiles("request_seconds", only)), "s")
    objective = operation.objective
    if objective is None:
        return
    lines = [(_spent("failed", only), f"failed, of {100 - objective.availability:.6g} %")]
    if objective.latency is not None:
        lines.append((_spent("slow", only), f"above {objective.within_s:g} s, of {100 - objective.latency:.6g} %"))
    says = "What is spent of what x-slo allows in 30 days; above 100 % the promise is broken."
    yield Panel("Error budget", tuple(lines), "percentunit", says)


def _spent(kind: str, only: str) -> str:
    record = f"operation:NAME_{kind}_requests"
    return f"max({record}:ratio_rate30d{{{only}, {JOB}}}) / on () max({record}:allowed_ratio{{{only}}})"


def _dashboard(product: str, name: str, title: str, rows: Iterable[Row]) -> str:
    rows = list(rows)
    made = (
        dashboard.Dashboard(f"{product}: {title}")
        .uid(uid(product, name))
        .tags([product, "generated"])
        .editable()
        .refresh(REFRESH)
        .time(SPAN, "now")
        .tooltip(DashboardCursorSync.CROSSHAIR)
    )
    for variable in _variables(product, [query for _, panels in rows for one in panels for query, _ in one.queries]):
        made.with_variable(variable)
    numbers = iter(range(1, 1_000_000))
    y = 0
    for heading, panels in rows:
        if heading:
            made.with_row(dashboard.Row(heading).id(next(numbers)).grid_pos(GridPos(h=1, w=COLUMNS, x=0, y=y)))
            y += 1
        for panel, x, below in _placed(panels, y):
            made.with_panel(_panel(panel, product).id(next(numbers)).grid_pos(GridPos(HEIGHT, panel.width, x, below)))
            y = below
        y += HEIGHT
    return JSONEncoder(sort_keys=True, indent=1).encode(made.build()) + "\n"


def _variables(product: str, queries: list[str]) -> Iterator[dashboard.QueryVariable | dashboard.TextBoxVariable]:
    """Those that the queries ask for."""
    if any(JOB in query for query in queries):
        jobs = dashboard.QueryVariable("job").label("Job").query(f"label_values({product}_build_info, job)")
        yield jobs.datasource(_source("prometheus")).multi(True).include_all(True).all_value(".*")
    if any(SEARCH in query for query in queries):
        yield dashboard.TextBoxVariable(SEARCH.removeprefix("$")).label("Search")


def _source(name: Source) -> DataSourceRef:
    return DataSourceRef(type_val=name, uid=name)


def uid(product: str, name: str) -> str:
    """At most 40 characters, as Grafana takes it; the same for ever, so that links hold."""
    whole = f"{product}-{name}"
    return whole if len(whole) <= 40 else f"{whole[:31]}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _placed(panels: Iterable[Panel], y: int) -> Iterator[tuple[Panel, int, int]]:
    """From the left, and below where there is no more room."""
    x = 0
    for panel in panels:
        if x + panel.width > COLUMNS:
            x, y = 0, y + HEIGHT
        yield panel, x, y
        x += panel.width


def _panel(panel: Panel, product: str) -> timeseries.Panel | stat.Panel | logs.Panel:
    made = _empty(panel).title(panel.title).description(panel.says).unit(panel.unit).datasource(_source(panel.source))
    for letter, (query, legend) in zip("ABCDEFGHIJKL", panel.queries, strict=False):
        asked = loki.Dataquery().query_type("range") if panel.source == "loki" else prometheus.Dataquery().range()
        made.with_target(asked.ref_id(letter).expr(named(query, product)).legend_format(legend))
    return made


def _empty(panel: Panel) -> timeseries.Panel | stat.Panel | logs.Panel:
    match panel.kind:
        case "number":
            return stat.Panel()
        case "log":
            return logs.Panel().show_time(True).wrap_log_message(True).enable_log_details(True)
        case "lines":
            return timeseries.Panel().legend(_legend()).fill_opacity(8).min(0)


def _legend() -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .show_legend(True)
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .calcs([])
    )

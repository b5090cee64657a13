"""Each alert on a part of the service fires where it should and only there, as Prometheus judges it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import promql_parser
import pytest

from codegen.emit.observability.alerts import named
from codegen.emit.observability.dashboards import emit
from codegen.emit.observability.objectives import alerts
from codegen.emit.observability.parts import PARTS
from codegen.emit.observability.service_alerts import ALERTS
from codegen.ir.operations import Contract
from generated.product import NAME
from tests.codegen.contracts import contract_of, shipped
from tests.codegen.emit.observability.promtool import BY, Labels, judge_each
from tests.codegen.emit.observability.queries import as_prometheus_sees_it

NODE = 'job="service", instance="a:1"'
ALIVE = {
    f"up{{{NODE}}}": "1x90",
    f'case_build_info{{{NODE}, contract="c1", version="1", python="3"}}': "1x90",
}


@dataclass(frozen=True)
class Scene:
    """Series at which the alert fires, the labels that part it, and series at which it must not."""

    series: dict[str, str]
    quiet: dict[str, str]
    labels: Labels
    at: str = "20m"
    without: tuple[str, ...] = ()
    """Of ALIVE, what is not there."""


def one(metric: str, fires: str, quiet: str, **labels: str) -> Scene:
    """Of one series; an alert is parted by those of its labels that promtool is asked for."""
    told = ", ".join([NODE, *(f'{label}="{value}"' for label, value in labels.items())])
    name = f"case_{metric}{{{told}}}"
    parted = {label: value for label, value in labels.items() if label in BY}
    return Scene({name: fires}, {name: quiet}, {"instance": "a:1", **parted})


LAG = {
    f'case_loop_lag_seconds_bucket{{{NODE}, le="0.1"}}': "0+{fast}x90",
    f'case_loop_lag_seconds_bucket{{{NODE}, le="0.25"}}': "0+{fast}x90",
    f'case_loop_lag_seconds_bucket{{{NODE}, le="0.5"}}': "0+240x90",
    f'case_loop_lag_seconds_bucket{{{NODE}, le="+Inf"}}': "0+240x90",
}
REQUESTS = {f'case_requests_total{{{NODE}, operation="o", door="http", code="ok"}}': "0+600x90"}
REFUSED = 'case_refused_total{{{node}, by="{by}", reason="{reason}"}}'
ISSUER = 'case_issuer_requests_total{{{node}, purpose="login", outcome="{outcome}"}}'
ANOTHER = 'case_build_info{job="service", instance="b:1", contract="c2", version="2", python="3"}'
SCENES: dict[str, Scene] = {
    "TargetIsGone": Scene(
        {f"up{{{NODE}}}": "1x10 0x80"}, {f"up{{{NODE}}}": "1x15 0 1x70"}, {"instance": "a:1"}, without=(f"up{{{NODE}}}",)
    ),
    "NobodyServes": Scene({f"up{{{NODE}}}": "1x90"}, ALIVE, {}, without=tuple(ALIVE)),
    "PartIsDown": one("part_ready", "1x10 0x80", "1x19 0x1 1x70", part="database"),
    "BreakerIsOpen": one("breaker_state", "0x5 2x40 1x3 2x40", "0x18 2x2 0x70", name="redis"),
    "AuditRowsAreLost": one("audit_dropped_total", "0x10 3x80", "5x90"),
    "AuditIsLate": one("audit_queue_age_seconds", "0 61x90", "0x17 90x2 0x70"),
    "AuditRowsAreOdd": one("audit_quarantined_total", "0x10 1x80", "1x90"),
    "AuditIsNotSealed": one("audit_seal_stalled_seconds", "0 301x90", "0x17 900x2 0x70"),
    "EventsAreLate": one("event_outbox_age_seconds", "0 31x90", "29x90"),
    "EventsWereMissed": one("events_missed_total", "0x10 7x80", "7x90", topic="authors"),
    "LogLinesAreLost": one("log_lines_dropped_total", "0x10 7x80", "7x90"),
    "RequestsAreRefused": Scene(
        REQUESTS | {REFUSED.format(node=NODE, by="gate", reason="queue"): "0+60x90"},
        REQUESTS | {REFUSED.format(node=NODE, by="gate", reason="queue"): "0+10x90", REFUSED.format(node=NODE, by="guard", reason="head"): "0+6000x90"},
        {},
    ),
    "ConnectionsAreRefused": one("database_pool_wait_seconds_count", "0+1x90", "7x90", outcome="refused"),
    "LoopIsHeldUp": Scene(
        {name: values.format(fast=200) for name, values in LAG.items()},
        {name: values.format(fast=239) for name, values in LAG.items()},
        {"instance": "a:1"},
    ),
    "FilesRunOut": Scene(
        {f"process_open_fds{{{NODE}}}": "900x90", f"process_max_fds{{{NODE}}}": "1024x90"},
        {f"process_open_fds{{{NODE}}}": "700x90", f"process_max_fds{{{NODE}}}": "1024x90"},
        {"instance": "a:1"},
    ),
    "ConsumersAreSlow": one("slow_consumers_total", "0+2x90", "0x10 3x80"),
    "TaskDoesNotLive": one("task_ends_total", "0+1x90", "0x10 1x80", task="event-mover"),
    "TaskFails": one("task_failing", "0 1x90", "0x11 1x90", task="audit-sealer"),
    "LimiterIsAlone": one("limiter_down_total", "0+60x90", "0x10 60x80"),
    "IssuerFails": Scene(
        {ISSUER.format(node=NODE, outcome="failed"): "0+2x90", ISSUER.format(node=NODE, outcome="ok"): "0+10x90"},
        {ISSUER.format(node=NODE, outcome="refused"): "0+50x90", ISSUER.format(node=NODE, outcome="ok"): "0+10x90"},
        {"instance": "a:1"},
    ),
    "ReleaseIsStuck": Scene({ANOTHER: "1x90"}, {ANOTHER: "1x25 stale"}, {}, at="80m"),
}  # fmt: skip


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return contract_of("p90_rest_alone", tmp_path / "case")


def test_each_alert_has_a_scene_that_fires_it() -> None:
    assert [alert.name for alert in ALERTS] == [*SCENES]


def test_each_alert_fires_in_its_scene_and_no_other_does(contract: Contract, tmp_path: Path) -> None:
    scenes = [
        (around(scene) | scene.series, scene.at, [{"alertname": name} | scene.labels]) for name, scene in SCENES.items()
    ]
    assert judge_each(tmp_path, contract, scenes) == ""


def test_no_alert_fires_at_what_only_looks_like_it(contract: Contract, tmp_path: Path) -> None:
    quiet = [(around(scene) | scene.quiet, scene.at, list[Labels]()) for scene in SCENES.values()]
    assert judge_each(tmp_path, contract, quiet) == ""


def around(scene: Scene) -> dict[str, str]:
    return {name: values for name, values in ALIVE.items() if name not in scene.without}


def test_prometheus_parses_every_alert_and_dashboards_of_parts_are_written() -> None:
    for alert in (*ALERTS, *alerts(shipped())):
        promql_parser.parse(as_prometheus_sees_it(named(alert.expr, NAME)))
    assert {part.name for part in PARTS} < {name for name, _ in emit(shipped())}

"""The platform's own dashboards say what PARITY's row of metrics names, each in a panel that has a unit of Grafana's."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from codegen.emit.observability.parts import LOGS, OVERVIEW, PARTS
from tests.codegen.contracts import ROOT

UNITS = {"short", "s", "bytes", "Bps", "reqps", "percentunit"}


def test_there_is_one_for_each_part_and_no_panel_without_a_query() -> None:
    assert [part.name for part in (OVERVIEW, *PARTS)] == [
        "overview", "sockets", "postgresql", "redis", "keycloak", "audit", "nodes", "logs", "traefik",
    ]  # fmt: skip
    panels = [panel for part in (OVERVIEW, *PARTS) for panel in part.panels]
    assert all(panel.queries for panel in panels)
    assert {panel.unit for panel in panels} <= UNITS


def test_no_two_panels_of_a_part_have_one_title() -> None:
    for part in (OVERVIEW, *PARTS):
        titles = [panel.title for panel in part.panels]
        assert len(titles) == len(set(titles))


ACCESS_LINE = """
from app.execution.access_log import AccessLog
from app.execution.context import Call, Caller, Door
from app.telemetry.correlation import CURRENT, Correlation
from app.telemetry.logs import configure
from generated.operations import OPERATIONS
configure("INFO", is_json=True)
name, operation = next(iter(OPERATIONS.items()))
CURRENT.set(Correlation("a-trace", name, "http"))
AccessLog().note(Call(operation, None, dict, Caller(None, "192.0.2.1", "", Door.HTTP), "a-trace"), "internal", 0.1)
"""


def test_what_the_dashboard_of_lines_asks_loki_for_is_in_a_line_or_a_label() -> None:
    """In a line of a failed request as a node writes it; labels are those that docker/alloy gives."""
    written = subprocess.run([sys.executable, "-c", ACCESS_LINE], capture_output=True, text=True, check=True, cwd=ROOT)
    line = json.loads(written.stdout)
    given = re.findall(r"values = \{([^}]*)\}", (ROOT / "docker" / "alloy" / "config.alloy").read_text())
    labels = {name for one in given for name in re.findall(r"(\w+) *=", one)}
    queries = [query for panel in LOGS.panels if panel.source == "loki" for query, _ in panel.queries]
    assert len(queries) > 4
    for query in queries:
        selector, _, rest = query.partition("{")[2].partition("}")
        assert {*re.findall(r"(\w+)=~", selector)} <= labels, query
        by = [name for one in re.findall(r"by \(([^)]*)\)", query) for name in one.split(", ")]
        assert {*by, *re.findall(r"\| (\w+)=", rest)} <= line.keys() | labels, query
    assert line["event"] == "request.ended"

"""The platform's own dashboards say what PARITY's row of metrics names, each in a panel that has a unit of Grafana's."""

from __future__ import annotations

from codegen.emit.observability.parts import OVERVIEW, PARTS

UNITS = {"short", "s", "bytes", "Bps", "reqps", "percentunit"}


def test_there_is_one_for_each_part_and_no_panel_without_a_query() -> None:
    assert [part.name for part in (OVERVIEW, *PARTS)] == [
        "overview", "sockets", "postgresql", "redis", "keycloak", "audit", "nodes",
    ]  # fmt: skip
    panels = [panel for part in (OVERVIEW, *PARTS) for panel in part.panels]
    assert all(panel.queries for panel in panels)
    assert {panel.unit for panel in panels} <= UNITS


def test_no_two_panels_of_a_part_have_one_title() -> None:
    for part in (OVERVIEW, *PARTS):
        titles = [panel.title for panel in part.panels]
        assert len(titles) == len(set(titles))

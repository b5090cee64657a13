"""Dashboards are what Grafana reads: panels that do not lie on each other, queries that Prometheus parses, one set for each operation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from codegen.emit.observability import dashboards
from codegen.ir.operations import Contract
from tests.codegen.contracts import contract_of, shipped
from tests.codegen.emit.observability.queries import as_prometheus_sees_it


def emitted(contract: Contract) -> dict[str, dict[str, Any]]:
    return {name: json.loads(text) for name, text in dashboards.emit(contract)}


def cells(panel: dict[str, Any]) -> Iterator[tuple[int, int]]:
    at = panel["gridPos"]
    for x in range(at.get("x", 0), at.get("x", 0) + at["w"]):
        for y in range(at.get("y", 0), at.get("y", 0) + at["h"]):
            yield x, y


def test_every_panel_has_a_place_and_a_number_of_its_own() -> None:
    for name, board in emitted(shipped()).items():
        taken = [cell for panel in board["panels"] for cell in cells(panel)]
        assert len(taken) == len(set(taken)), name
        assert max(x for x, _ in taken) < dashboards.COLUMNS, name
        numbers = [panel["id"] for panel in board["panels"]]
        assert len(numbers) == len(set(numbers)), name


def test_prometheus_parses_every_query() -> None:
    queries = [
        (target["refId"], target["expr"])
        for board in emitted(shipped()).values()
        for panel in board["panels"]
        if panel.get("datasource", {}).get("uid") == "prometheus"
        for target in panel["targets"]
    ]
    assert len(queries) > 30
    for letter, query in queries:
        assert letter
        promql_parser.parse(as_prometheus_sees_it(query))


def test_an_operation_brings_its_panels_and_its_budget_if_it_promises_something(tmp_path: Path) -> None:
    board = emitted(contract_of("p83_objectives", tmp_path))["feature_things"]
    rows: dict[str, list[str]] = {}
    for panel in board["panels"]:
        if panel["type"] == "row":
            rows[panel["title"]] = []
        else:
            [*rows.values()][-1].append(panel["title"])
    assert rows == {
        "delete_thing": ["Calls", "Time in the pipeline"],
        "get_thing": ["Calls", "Time in the pipeline", "Error budget"],
        "put_thing": ["Calls", "Time in the pipeline", "Error budget"],
    }


def test_addresses_of_dashboards_are_different_and_short_enough_for_grafana(tmp_path: Path) -> None:
    names = [board["uid"] for board in emitted(shipped()).values()]
    assert len(names) == len(set(names))
    long = "a_feature_with_a_name_that_goes_on_and_on"
    assert len(dashboards.uid("product", long)) <= 40
    assert dashboards.uid("product", long) != dashboards.uid("product", f"{long}_and_on")


@pytest.mark.parametrize("name", ["overview"])
def test_a_part_is_there_whatever_the_contract_is(tmp_path: Path, name: str) -> None:
    assert name in emitted(contract_of("p90_rest_alone", tmp_path))

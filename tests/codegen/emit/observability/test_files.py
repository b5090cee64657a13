"""What is written is the same each time, is read by the program that it is for, and stands where the deployment mounts it; every series
that a rule, an alert or a panel asks for is told, with the labels and the values that it is asked by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from codegen.emit.observability import files
from codegen.emit.observability.service_alerts import ALERTS
from generated.product import NAME
from tests.codegen.contracts import ROOT, contract_of, shipped
from tests.codegen.emit.observability.queries import Labels, faults_of, queries_of, series_of


def test_rules_and_alerts_are_yaml_whose_queries_are_read_as_they_are_written() -> None:
    emitted = {file.path: file.data.decode() for file in files.emit(shipped())}
    text = emitted["observability/prometheus/alerts.yaml"]
    (group,) = yaml.safe_load(text)["groups"]
    assert "    expr: |-\n" in text
    assert {rule["labels"]["severity"] for rule in group["rules"]} == {"page", "ticket"}
    assert {alert.name for alert in ALERTS} < {rule["alert"] for rule in group["rules"]}


def test_the_same_contract_becomes_the_same_files(tmp_path: Path) -> None:
    first, second = (files.emit(contract_of("p83_objectives", tmp_path / name)) for name in "ab")
    assert first == second


def test_the_image_of_the_service_has_none_of_it() -> None:
    assert f"generated/{files.ROOM}/" in (ROOT / ".dockerignore").read_text().splitlines()


@pytest.fixture(scope="module")
def known() -> Mapping[str, Labels]:
    return series_of(shipped())


def test_what_every_query_asks_for_is_there(known: Mapping[str, Labels]) -> None:
    """Of the files that are emitted, so those of each feature and operation too. A value that nobody has is a panel that stays empty, and an
    alert that never fires."""
    queries = dict(queries_of(shipped()))
    assert len(queries) > 100
    assert {place: found for place, query in queries.items() if (found := [*faults_of(query, known)])} == {}


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        (f"rate({NAME}_requests_tota[5m])", f"{NAME}_requests_tota"),
        (f'sum(rate({NAME}_requests_total{{feature="a"}}[5m]))', f"{NAME}_requests_total{{feature}}"),
        (f'{NAME}_requests_total{{code=~"internal|gone_wrong"}}', f"{NAME}_requests_total{{code=gone_wrong}}"),
        (f"1 - sum by (bucket) (rate({NAME}_refused_total[5m])) > 0.1", "by bucket"),
        (f'{NAME}_request_seconds_bucket{{le="0.3"}}', f"{NAME}_request_seconds_bucket{{le=0.3}}"),
    ],
)
def test_what_nobody_tells_is_found(known: Mapping[str, Labels], query: str, fault: str) -> None:
    assert [*faults_of(query, known)] == [fault]

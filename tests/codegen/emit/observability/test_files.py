"""What is written is the same each time, is read by the program that it is for, and stands where the deployment mounts it."""

from __future__ import annotations

from pathlib import Path

import yaml

from codegen.emit.observability import files
from codegen.emit.observability.service_alerts import ALERTS
from tests.codegen.contracts import ROOT, contract_of, shipped


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

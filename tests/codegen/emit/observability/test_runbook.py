"""Every alert has its heading on the page that its annotation names."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from codegen.emit.observability import files, objectives
from codegen.emit.observability.service_alerts import ALERTS
from tests.codegen.contracts import ROOT, contract_of, shipped


def test_the_annotation_of_every_alert_leads_to_a_heading_with_what_to_do(tmp_path: Path) -> None:
    emitted = {file.path: file.data.decode() for file in files.emit(contract_of("p83_objectives", tmp_path))}
    page = emitted["observability/runbook.md"]
    sections = {part.split("\n")[0].lower(): part for part in page.split("\n## ")[1:]}
    rules = yaml.safe_load(emitted["observability/prometheus/alerts.yaml"])["groups"][0]["rules"]
    assert len(rules) > 4
    for rule in rules:
        place, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert place == files.RUNBOOK
        section = sections[anchor]
        assert rule["expr"] in section
        assert re.search(r"^1\. ", section, re.MULTILINE), anchor
        assert "{{" not in section
        assert "NAME" not in section


def test_the_page_lists_what_is_promised(tmp_path: Path) -> None:
    page = {file.path: file.data for file in files.emit(contract_of("p83_objectives", tmp_path))}
    text = page["observability/runbook.md"].decode()
    assert "| `get_thing` | things | 99.9 % | 99 % within 0.25 s |" in text
    assert "delete_thing" not in text.partition("## What is promised")[2]


def test_a_log_line_that_a_step_names_is_one_that_the_service_writes() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    steps = [step for alert in (*ALERTS, *objectives.alerts(shipped())) for step in alert.steps]
    lines = [line for step in steps for line in re.findall(r"`([a-z]+\.[a-z_]+|(?:audit|make) [a-z ]+)`", step)]
    assert len(lines) > 4
    assert [line for line in lines if f'"{line}"' not in source and not line.startswith("make ")] == []


def test_a_command_that_a_step_names_is_one_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    steps = [step for alert in (*ALERTS, *objectives.alerts(shipped())) for step in alert.steps]
    assert {name for step in steps for name in re.findall(r"`make ([a-z-]+)`", step)} <= targets

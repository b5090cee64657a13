"""Every alert has its heading on the page that its annotation names, and whatever the page sends its reader to is there."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from app.configuration.sources import names
from app.serving.admin import Admin
from app.serving.lines import LocalLine
from codegen.emit.observability import dashboards, files, objectives, runbook
from codegen.emit.observability.alerts import Alert, named
from codegen.emit.observability.parts import OVERVIEW, PARTS
from codegen.emit.observability.service_alerts import ALERTS
from generated.product import NAME
from tests.codegen.contracts import ROOT, contract_of, shipped
from tests.codegen.emit.observability.queries import series_of


@pytest.fixture(scope="module")
def every() -> list[Alert]:
    return [*ALERTS, *objectives.alerts(shipped())]


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


def test_a_log_line_that_a_step_names_is_one_that_the_service_writes(every: list[Alert]) -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    steps = [step for alert in every for step in alert.steps]
    lines = [line for step in steps for line in re.findall(r"`([a-z]+\.[a-z_]+|(?:audit|make) [a-z ]+)`", step)]
    assert len(lines) > 4
    assert [line for line in lines if f'"{line}"' not in source and not line.startswith("make ")] == []


def words_of(alerts: list[Alert], pattern: str) -> set[str]:
    """What the steps and meanings of alerts, and the page's own words, have of this form."""
    texts = [text for alert in alerts for text in (*alert.steps, alert.meaning)]
    return {word for text in (*texts, runbook.TOOLS) for word in re.findall(pattern, text)}


def test_a_dashboard_and_a_panel_that_the_page_names_are_there(every: list[Alert]) -> None:
    boards = [json.loads(text) for _, text in dashboards.emit(shipped())]
    titles = {board["title"].partition(": ")[2] for board in boards}
    panels = {panel["title"] for board in boards for panel in board["panels"]}
    fields = {field["label"] for board in boards for field in board["templating"].get("list", ())}
    bold, italic = words_of(every, r"\*\*([^*]+)\*\*"), words_of(every, r"(?<!\*)\*([^*]+)\*(?!\*)")
    assert len(bold) > 4
    assert bold <= titles
    assert len(italic) > 8
    assert italic <= panels | fields


def test_a_panel_is_in_the_dashboard_that_is_named_with_it(every: list[Alert]) -> None:
    boards = {part.title: {panel.title for panel in part.panels} for part in (OVERVIEW, *PARTS)}
    steps = [step for alert in every for step in alert.steps]
    pairs = [pair for step in steps for pair in re.findall(r"((?:\*[^*]+\*(?: and )?)+) of \*\*([^*]+)\*\*", step)]
    assert len(pairs) > 6
    for panels, title in pairs:
        assert set(re.findall(r"\*([^*]+)\*", panels)) <= boards[title], title


def test_a_setting_an_alert_a_metric_and_a_document_that_the_page_names_are_there(every: list[Alert]) -> None:
    settings = words_of(every, r"`([A-Z]+_[A-Z_]+)`")
    assert "DATABASE_CONNECTIONS" in settings
    assert settings <= {*names()}
    others = words_of(every, r"(?<![`\w])((?:[A-Z][a-z]+){2,})(?![`\w])")
    assert "PartIsDown" in others
    assert others <= {alert.name for alert in every}
    metrics = {named(word, NAME) for word in words_of(every, r"`((?:NAME_|process_)\w+|\w+_total)`")}
    assert f"{NAME}_build_info" in metrics
    assert metrics <= series_of(shipped()).keys()
    documents = words_of(every, r"((?:docs|specs)/[\w/]+\.(?:md|yaml))")
    assert "docs/audit.md" in documents
    assert {one for one in documents if not (ROOT / one).exists()} == set()


def test_the_line_that_asks_the_admin_port_prints_why_a_node_is_not_ready() -> None:
    """As it stands on the page, but for the port: an image has Python and no curl."""
    (line,) = [one for one in re.findall(r"BESIDE (python -c [^`]+)`", runbook.TOOLS) if "/readyz" in one]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Admin(lambda: {7: LocalLine()}, {}).start([listening])
        program, *words = shlex.split(line.replace("8081", str(listening.getsockname()[1])))
        assert program == "python"
        said = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True, timeout=60).stdout
    assert json.loads(said)["workers"] == [{"pid": 7, "ready": False, "parts": {"worker": "does not answer"}}]


def test_a_command_that_the_page_names_is_there(every: list[Alert]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert "logs" in words_of(every, r"`make ([a-z-]+)")
    assert words_of(every, r"`make ([a-z-]+)") <= targets
    commands = words_of(every, r"python -m app (\w+)")
    assert "doctor" in commands
    assert {name for name in commands if not (ROOT / "app" / "commands" / f"{name}.py").exists()} == set()

"""Every alert has its heading on the page that its annotation names."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from codegen.emit.observability import files
from codegen.emit.observability.alerts import named
from tests.codegen.contracts import contract_of


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


def test_a_name_stands_for_the_product_only_where_it_is_a_word_of_its_own() -> None:
    assert named("sum(NAME_a_total) by (RENAMED) NAMES FILENAME operation:NAME_b:c NAME", "desk") == (
        "sum(desk_a_total) by (RENAMED) NAMES FILENAME operation:desk_b:c desk"
    )

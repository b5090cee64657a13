"""`generated/observability/`: rules and alerts for Prometheus, dashboards for Grafana, and the page of what to do when one fires."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import yaml

from codegen.emit.observability import dashboards, objectives, runbook
from codegen.emit.observability.service_alerts import ALERTS
from codegen.emit.printer import File
from codegen.ir.operations import Contract

ROOM = "observability"
RUNBOOK = f"generated/{ROOM}/runbook.md"


def emit(contract: Contract) -> list[File]:
    product = contract.info.product
    alerts = [*objectives.alerts(contract), *ALERTS]
    rules = [one.rule(product, RUNBOOK) for one in alerts]
    return [
        _yaml("prometheus/rules.yaml", {"groups": objectives.recording_groups(contract)}),
        _yaml("prometheus/alerts.yaml", {"groups": [{"name": product, "rules": rules}]}),
        File(f"{ROOM}/runbook.md", runbook.page(contract, alerts).encode()),
        *(File(f"{ROOM}/grafana/{name}.json", text.encode()) for name, text in dashboards.emit(contract)),
    ]


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


class _Dumper(yaml.SafeDumper):
    """Queries of several lines stand as they are read."""

    yaml_representers: ClassVar[dict[type, Callable[..., yaml.Node]]] = {
        **yaml.SafeDumper.yaml_representers,
        str: _text,
    }


def _yaml(name: str, content: object) -> File:
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=1_000, allow_unicode=True)
    return File(f"{ROOM}/{name}", f"# Generated from specs/; do not edit.\n{text}".encode())

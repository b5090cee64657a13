"""Queries of rules and dashboards, as tests look at them: what they ask for, and whether that is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import promql_parser
import yaml

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.family import Family, Kind, Words
from app.telemetry.metrics.requests import EXTRA_CODES
from codegen.emit.observability import files
from codegen.ir.operations import Contract

Labels = Mapping[str, frozenset[str] | None]
"""By name; the values that there are, or None where nobody can say them before."""
OF_EVERY_SERIES: Labels = {"job": None, "instance": None}
BY_OTHERS: Mapping[str, Labels] = {
    "up": {},
    "ALERTS": {"alertname": None, "alertstate": frozenset({"pending", "firing"}), "service": None, "operation": None},
    "traefik_entrypoint_requests_total": dict.fromkeys(("code", "method", "protocol", "entrypoint")),
    "traefik_entrypoint_responses_bytes_total": dict.fromkeys(("code", "method", "protocol", "entrypoint")),
    "traefik_open_connections": dict.fromkeys(("entrypoint", "protocol")),
    "traefik_service_request_duration_seconds_bucket": dict.fromkeys(("code", "method", "protocol", "service", "le")),
    "traefik_service_requests_total": dict.fromkeys(("code", "method", "protocol", "service")),
    "traefik_service_retries_total": dict.fromkeys(("service",)),
    "traefik_service_server_up": dict.fromkeys(("service", "url")),
    "traefik_tls_certs_not_after": dict.fromkeys(("cn", "sans", "serial")),
}
"""Series of Prometheus itself, and of Traefik as its reference lists them (version 3.5, Metrics, Prometheus)."""


def as_prometheus_sees_it(query: str) -> str:
    """With a value for each variable of Grafana."""
    return query.replace("$__rate_interval", "1m").replace("$job", ".*")


def queries_of(contract: Contract) -> Iterator[tuple[str, str]]:
    """The PromQL of every rule, alert and panel that is emitted, and where it stands."""
    for file in files.emit(contract):
        if file.path.endswith(".yaml"):
            for group in yaml.safe_load(file.data)["groups"]:
                yield from ((rule.get("alert") or rule["record"], rule["expr"]) for rule in group["rules"])
        elif file.path.endswith(".json"):
            board = json.loads(file.data)
            for panel in board["panels"]:
                if panel.get("datasource", {}).get("uid") == "prometheus":
                    yield from ((f"{board['title']}, {panel['title']}", one["expr"]) for one in panel["targets"])


def series_of(contract: Contract) -> dict[str, Labels]:
    """All that there are, by their names: what a node tells, what rules record, what others tell."""
    return {name: {**OF_EVERY_SERIES, **labels} for name, labels in BY_OTHERS.items()} | {
        **_recorded(contract),
        **{name: labels for member in Catalogue for name, labels in _told(member.value, contract)},
    }


def _recorded(contract: Contract) -> dict[str, Labels]:
    rules = (file for file in files.emit(contract) if file.path.endswith("rules.yaml"))
    names = {
        rule["record"] for file in rules for group in yaml.safe_load(file.data)["groups"] for rule in group["rules"]
    }
    operations = frozenset(one.name for one in contract.operations)
    return {name: {"job": None, "operation": operations, "feature": None} for name in names}


def _told(family: Family, contract: Contract) -> Iterator[tuple[str, Labels]]:
    words = {
        Words.OPERATIONS: frozenset(one.name for one in contract.operations),
        Words.CODES: frozenset(one.code for one in contract.errors).union(EXTRA_CODES),
    }
    labels: dict[str, frozenset[str] | None] = dict(OF_EVERY_SERIES)
    for label in family.labels:
        labels[label.name] = words.get(label.values) if isinstance(label.values, Words) else frozenset(label.values)
    if family.kind is Kind.HISTOGRAM:
        yield f"{family.full_name}_bucket", {**labels, "le": frozenset(map(repr, family.bounds))}
        yield f"{family.full_name}_count", labels
        yield f"{family.full_name}_sum", labels
    else:
        yield family.full_name, labels


def faults_of(query: str, known: Mapping[str, Labels]) -> Iterator[str]:
    """What it asks for and nobody tells: a series, a label of one, a value of a label, a label that it parts by."""
    for node in _nodes(query):
        if isinstance(node, promql_parser.VectorSelector):
            yield from _unknown(node, known)
        elif isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            below = [
                known.get(one.name or "", {})
                for one in _nodes(str(node.expr))
                if isinstance(one, promql_parser.VectorSelector)
            ]
            there = {label for labels in below for label in labels}
            yield from (f"by {label}" for label in node.modifier.labels if label not in there)


def _unknown(selector: promql_parser.VectorSelector, known: Mapping[str, Labels]) -> Iterator[str]:
    name = selector.name or ""
    if name not in known:
        yield name
        return
    for matcher in selector.matchers.matchers:
        if matcher.name not in known[name]:
            yield f"{name}{{{matcher.name}}}"
        elif (values := known[name][matcher.name]) is not None:
            asked = (
                matcher.value.split("|")
                if matcher.op in (promql_parser.MatchOp.Re, promql_parser.MatchOp.NotRe)
                else [matcher.value]
            )
            yield from (f"{name}{{{matcher.name}={one}}}" for one in asked if one not in values)


def _nodes(query: str) -> list[promql_parser.Expr]:
    """All of its tree."""
    found: list[promql_parser.Expr] = []
    promql_parser.walk(promql_parser.parse(as_prometheus_sees_it(query)), found.append)
    return found

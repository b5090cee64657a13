"""Queries of rules and dashboards, as tests look at them."""

from __future__ import annotations

import re


def as_prometheus_sees_it(query: str) -> str:
    """With a value for each variable of Grafana."""
    return query.replace("$__rate_interval", "1m").replace("$job", ".*")


def metrics_of(query: str) -> set[str]:
    """The series that it asks for: identifiers that are no function, keyword, label or text."""
    bare = re.sub(r'"[^"]*"', "", as_prometheus_sees_it(query))
    bare = re.sub(r"\b(by|on|group_left|group_right|without|ignoring)\s*\([^)]*\)", " ", bare)
    bare = re.sub(r"\{[^}]*\}", " ", bare)
    bare = re.sub(r"\[[^\]]*\]", " ", bare)
    names = re.findall(r"(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])", bare)
    return {name for name in names if name not in {"or", "and", "unless", "bool", "offset"}}

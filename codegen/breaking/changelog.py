"""The contract's history as users of its clients read it: one section for each version, from the verdict of the gate."""

from __future__ import annotations

import re
from datetime import date

from codegen.breaking.change import Change
from codegen.breaking.gate import Verdict
from codegen.breaking.rules import RULES, Severity

HEAD = """# Changelog

What changed in the contract, version by version, as `make changelog` finds it. Versions follow [SemVer](https://semver.org).
"""
TITLES = {Severity.ERR: "Breaking", Severity.WARN: "Worth a look", Severity.INFO: "Compatible"}


def section(verdict: Verdict, version: str, day: date) -> str:
    """Every change under how grave its rule is, also where somebody answers for it: a waiver changes no client."""
    lines = [f"## {version} - {day.isoformat()}", ""]
    for severity, title in TITLES.items():
        changes = [one for one in verdict.changes if RULES[one.rule].severity is severity]
        if changes:
            lines += [f"### {title}", "", *(_line(one) for one in changes), ""]
    if not verdict.changes:
        lines += ["Nothing changed.", ""]
    return "\n".join(lines)


def updated(text: str, new: str) -> str:
    """The changelog with this section: in the place of the one of its version, else before all others."""
    head, *sections = re.split(r"(?m)^(?=## )", text or HEAD)
    kept = [one.rstrip() + "\n" for one in sections if _version(one) != _version(new)]
    return "\n".join([head.rstrip() + "\n", new.rstrip() + "\n", *kept])


def _version(found: str) -> str:
    return found.split(" ", 2)[1]


def _line(one: Change) -> str:
    whom = f" ({', '.join(one.audiences)})" if one.audiences else ""
    return f"- `{one.subject}` {' '.join(one.message.split())}{whom}"

"""The verdict in the forms that people and machines read: text, JSON, Markdown, GitHub annotations and JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from codegen.breaking.change import Change
from codegen.breaking.gate import Verdict
from codegen.breaking.rules import Severity
from codegen.diagnostics import NOWHERE


def as_text(verdict: Verdict) -> str:
    """Two lines for each change: what, and where, whom it breaks and its fingerprint. The last line is the verdict."""
    lines = []
    for one in verdict.changes:
        lines.append(f"{one.severity:4} {one.rule}  {one.subject}: {one.message}{_waived(one)}")
        where = f"{one.place}  " if one.place != NOWHERE else ""
        whom = f"{_verb(one)} {', '.join(one.audiences)}  " if one.audiences and not one.waived_by else ""
        lines.append(f"     {where}{whom}[{one.fingerprint}]")
    return "\n".join([*lines, _summary(verdict), ""])


def as_json(verdict: Verdict) -> str:
    """One object with `bump`, `breaking` and `changes`, these in the order of the text."""
    changes = [
        {
            "rule": one.rule,
            "severity": str(one.severity),
            "subject": one.subject,
            "message": one.message,
            "breaks": [str(audience) for audience in one.audiences],
            "fingerprint": one.fingerprint,
            "waived_by": one.waived_by or None,
            "file": one.place.file or None,
            "line": one.place.line or None,
        }
        for one in verdict.changes
    ]
    return json.dumps({"bump": verdict.bump, "breaking": verdict.is_breaking, "changes": changes}, indent=1) + "\n"


def as_markdown(verdict: Verdict) -> str:
    """A table for a comment of a review; what stands in it cannot end a cell."""
    rows = [
        f"| {one.severity} | {one.rule} | {_cell(one.subject)} | {_cell(one.message + _waived(one))} | {', '.join(one.audiences)} | `{one.fingerprint}` |"
        for one in verdict.changes
    ]
    head = ["| | rule | what | how | whom it concerns | fingerprint |", "|---|---|---|---|---|---|"] if rows else []
    return "\n".join([f"**{_summary(verdict)}**", "", *head, *rows, ""])


def as_github(verdict: Verdict) -> str:
    """Workflow commands, one for each change, which GitHub shows at the line; breaking ones as errors."""
    words = {Severity.ERR: "error", Severity.WARN: "warning", Severity.INFO: "notice"}
    return "".join(
        f"::{words[one.severity]} file={_property(one.place.file or 'specs')},line={max(one.place.line, 1)},title={one.rule}::"
        f"{_data(f'{one.subject}: {one.message}{_waived(one)}')} [{one.fingerprint}]\n"
        for one in verdict.changes
    )


def as_junit(verdict: Verdict) -> str:
    """A breaking change is a failed case; the others pass."""
    cases = []
    for one in verdict.changes:
        head = f"  <testcase classname={quoteattr(one.rule)} name={quoteattr(f'{one.subject} {one.fingerprint}')}"
        text = escape(f"{one.subject}: {one.message}")
        is_failure = one.severity is Severity.ERR
        cases.append(f"{head}><failure>{text}</failure></testcase>\n" if is_failure else f"{head}/>\n")
    failures = sum(one.severity is Severity.ERR for one in verdict.changes)
    cases = cases or ['  <testcase classname="breaking" name="nothing changed"/>\n']
    head = f'<testsuite name="breaking" tests="{len(cases)}" failures="{failures}">\n'
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join(cases) + "</testsuite>\n"


FORMATS: dict[str, Callable[[Verdict], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
    "github": as_github,
    "junit": as_junit,
}


def _summary(verdict: Verdict) -> str:
    counts = {one: sum(change.severity is one for change in verdict.changes) for one in Severity}
    said = ", ".join(f"{count} {severity}" for severity, count in counts.items())
    bump = {"none": "nothing changed", "patch": "a patch", "minor": "a minor version", "major": "a major version"}
    is_warned = counts[Severity.WARN] and not verdict.is_breaking
    return f"{said}: {bump[verdict.bump]}{', which breaks nobody who keeps to the contract' if is_warned else ''}"


def _verb(one: Change) -> str:
    """What a warning is about breaks nobody who keeps to the contract, but may surprise somebody who does not."""
    return "breaks" if one.severity is Severity.ERR else "may surprise"


def _waived(one: Change) -> str:
    return f" (waived by {one.waived_by})" if one.waived_by else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

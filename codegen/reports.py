"""Findings in the forms that people and machines read: text, JSON, GitHub annotations (workflow commands) and JUnit XML."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape, quoteattr

from codegen.diagnostics import Finding, Findings, Place, Severity

Sources = Mapping[str, str]


def as_json(findings: Findings, sources: Sources) -> str:
    """One object; a finding's `edits` are what `codegen fix` would insert."""
    return json.dumps({"findings": [_plain(one) for one in findings.said()]}, indent=1, ensure_ascii=False) + "\n"


def as_github(findings: Findings, sources: Sources) -> str:
    """One `::error` or `::warning` line per finding (docs.github.com, "Workflow commands")."""
    return "".join(
        f"::{one.severity} file={_property(one.place.file)},line={one.place.line},col={one.place.column},"
        f"title={one.rule}::{_data(_sentence(one))}\n"
        for one in findings.said()
    )


def as_junit(findings: Findings, sources: Sources) -> str:
    """One failed test case per finding, one that passed and says it per warning, and one that passed where there are none."""
    cases = [
        f"  <testcase classname={_attribute(one.place.file)} name={_attribute(f'{one.rule} {one.place}')}>\n"
        f"    {_outcome(one)}\n"
        "  </testcase>\n"
        for one in findings.said()
    ]
    passed = [] if cases else ['  <testcase classname="specs" name="contract"/>\n']
    head = f'<testsuite name="codegen" tests="{len(cases) or 1}" failures="{len(findings)}">\n'
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join([*cases, *passed]) + "</testsuite>\n"


def _outcome(finding: Finding) -> str:
    """JUnit's form has no warning."""
    if finding.severity is Severity.WARNING:
        return f"<system-out>{_text(f'warning {finding.rule}: {_sentence(finding)}')}</system-out>"
    head = f"<failure type={_attribute(finding.rule)} message={_attribute(finding.message)}>"
    return f"{head}{_text(_sentence(finding))}</failure>"


def as_text(findings: Findings, sources: Sources) -> str:
    return findings.render(sources)


FORMATS: dict[str, Callable[[Findings, Sources], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "junit": as_junit,
}


def _plain(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        **_place(finding.place),
        "message": finding.message,
        "other": None if finding.other is None else {**_place(finding.other), "message": finding.contrast},
        "notes": list(finding.notes),
        "fix": finding.fix or None,
        "edits": [
            {"file": one.file, "line": one.line, "column": one.column, "insert": one.text} for one in finding.edits
        ],
    }


def _place(place: Place) -> dict[str, object]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _sentence(finding: Finding) -> str:
    parts = [finding.message]
    if finding.other is not None:
        parts.append(f"but {finding.other} {finding.contrast}")
    return (
        ", ".join(parts)
        + "".join(f"; {note}" for note in finding.notes)
        + (f"; fix: {finding.fix}" if finding.fix else "")
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _printable(text: str) -> str:
    """XML 1.0 has no control characters."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text)


def _text(text: str) -> str:
    return escape(_printable(text))


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))

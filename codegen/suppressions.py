"""`specs/waivers.yaml: suppressions`: findings that may wait, why, and until when.

Only rules that leave the generated code right can wait (`Rule.can_wait`). One that has ended, suppresses nothing or names
another rule is a finding itself. Matching is by rule, file and message, since lines move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from codegen.diagnostics import Finding, Findings, Place
from codegen.parse.documents import Documents
from codegen.parse.yaml_tree import Mapping, Sequence, plain
from codegen.pipeline import Loaded, load
from codegen.rules import RULES

FILE = "specs/waivers.yaml"
Key = tuple[str, str, str]
"""Rule, file and message: lines move."""


@dataclass(frozen=True, slots=True)
class Suppression:
    rule: str
    file: str
    message: str
    until: date
    place: Place

    @property
    def key(self) -> Key:
        return self.rule, self.file, self.message


def suppress(documents: Documents, findings: Findings, today: date) -> None:
    """Drop what waits; add what is wrong with the suppressions."""
    listed = list(_read(documents))
    waiting = [one for one in listed if RULES[one.rule].can_wait and one.until >= today]
    found = {_key(finding) for finding in findings.said()}
    used, keys = {one for one in waiting if one.key in found}, {one.key for one in waiting}
    findings.drop(lambda finding: _key(finding) in keys)
    for one in listed:
        if not RULES[one.rule].can_wait:
            fix = f"mend it; {', '.join(name for name, rule in RULES.items() if rule.can_wait)} can wait"
            findings.add("V013", one.place, f"{one.rule} cannot wait: the generated code would be wrong", fix=fix)
        elif one.until < today:
            findings.add(
                "V014", one.place, f"the suppression of {one.rule} ended on {one.until}", fix="mend the finding"
            )
        elif one not in used:
            findings.add("V015", one.place, f"there is no finding {one.rule} {one.message!r}", fix="remove this entry")


def _key(finding: Finding) -> Key:
    return finding.rule, finding.place.file, finding.message


def _read(documents: Documents) -> Iterator[Suppression]:
    root = documents.tree(FILE) if documents.has(FILE) else None
    listed = root.get("suppressions") if isinstance(root, Mapping) else None
    for node in listed.items if isinstance(listed, Sequence) else ():
        data = plain(node)
        texts = {key: str(value) for key, value in data.items()} if isinstance(data, dict) else {}
        if texts.get("rule") in RULES and (until := day(texts.get("until", ""))) is not None:
            yield Suppression(texts["rule"], texts.get("file", ""), texts.get("message", ""), until, node.place)


def day(text: str) -> date | None:
    """An ISO 8601 date, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def current(specs: Path, *, warnings_as_errors: bool = False) -> Loaded:
    """The contract with the findings that do not wait today."""
    loaded = load(specs)
    suppress(loaded.dialects.documents, loaded.findings, date.today())
    if warnings_as_errors:
        loaded.findings.harden()
    return loaded

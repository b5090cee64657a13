"""Findings that only follow from a file that cannot be read: they would bury the one that matters.

A comparison is dropped where one of its files is broken, refers to a broken one, or is the proto of such a feature; the
comparisons of other features stay.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from codegen.diagnostics import Finding, Findings
from codegen.parse.documents import Documents

COMPARISONS = ("J", "X", "N", "O008", "A013", "A014")
"""Rules, or their letters, that hold two places against each other."""
UNREADABLE = {"Y001", "Y002", "Y003", "Y004", "Y005", "Y006", "Y007", "Y008", "Y009", "Y010", "R002", "P001"}
UNSETTLED = {"J003", "J004", "J005", "J006", "J010", "J011", "J012"}
"""Rules after which the doors do not agree on what a message holds or is called."""


def drop_consequences(documents: Documents, findings: Findings) -> None:
    broken = {one.place.file for one in findings if one.rule in UNREADABLE}
    if not broken:
        return
    tainted = _tainted(broken, documents.sources)
    findings.drop(lambda one: one.rule.startswith(COMPARISONS) and bool(_files(one) & tainted))


def withhold_copies(findings: Findings) -> None:
    """What a schema says wrongly, or the doors differently, is not copied into proto before a person settles it."""
    if any(one.rule.startswith("S") or one.rule in UNSETTLED for one in findings):
        findings.withhold("X")


def _files(finding: Finding) -> set[str]:
    return {finding.place.file} | ({finding.other.file} if finding.other else set())


def _tainted(broken: set[str], sources: dict[str, str]) -> set[str]:
    """Broken files, files that name one, and so on; then the other files of their features."""
    found = set(broken)
    while more := {
        file
        for file, text in sources.items()
        if file not in found and any(_refers(text, other) for other in found if other.endswith(".yaml"))
        and PurePosixPath(file).name not in ("openapi.yaml", "asyncapi.yaml")
    }:  # fmt: skip
        found |= more
    stems = {PurePosixPath(file).stem for file in found}
    return found | {file for file in sources if PurePosixPath(file).stem in stems}


def _refers(text: str, file: str) -> bool:
    return f"{PurePosixPath(file).name}#" in text

"""A feature without its proto file is one finding, with all that `fix` writes into it, and not one for each message."""

from __future__ import annotations

from pathlib import PurePosixPath

from codegen.diagnostics import Finding, Findings
from codegen.parse.proto import ProtoDialect

LACKING = ("X001", "X005", "X006")
"""Rules that an rpc, a message or an enum is missing."""


def gather_missing_files(proto: ProtoDialect, findings: Findings) -> None:
    """After the edits were offered: they say which file each of the missing belongs in."""
    by_file: dict[str, list[Finding]] = {}
    for one in findings:
        if one.rule in LACKING and (file := _home(one)) not in proto.sources:
            by_file.setdefault(file, []).append(one)
    for file, lacking in by_file.items():
        findings.drop(set(lacking).__contains__)
        things = "rpc, message or enum belongs" if len(lacking) == 1 else "rpcs, messages and enums belong"
        findings.add(
            "X023",
            lacking[0].place,
            f"there is no {file}, and {len(lacking)} {things} in it",
            fix="`make fix` writes it",
            edits=[edit for one in lacking for edit in one.edits],
        )


def _home(finding: Finding) -> str:
    """The file that the fix writes; where there is none, that of the feature in whose file the finding is."""
    stem = PurePosixPath(finding.place.file).stem
    return finding.edits[0].file if finding.edits else f"specs/proto/{stem}.proto"

"""The page that shows each rule of the compiler at work: what it prints of a contract that breaks it."""

from __future__ import annotations

import re
from pathlib import Path

from codegen.rules import RULES

REPORTS = "tests/codegen/cases/*/stderr.txt"
"""What the compiler prints of contracts that are wrong; a test compiles each of them and compares."""
FINDING = re.compile(r"^\S+:\d+:\d+ (?:error|warning)\[(\w+)\].*\n(?:   .*\n)*", re.MULTILINE)
IMPORTING = "I"
"""Such a rule is told of a document that is imported, and its page has the table of what becomes of what."""


def rule_examples(root: Path) -> str:
    """Each rule with its reason, and the shortest finding of it."""
    found = examples(root)
    lines = [
        "# Rules by example",
        "",
        "What the compiler prints where a rule is broken: the place, the line, and how to mend it. Generated from the contracts that its tests "
        "compile. [Rules of the compiler](../rules.md) is the list.",
    ]
    for name, rule in RULES.items():
        lines += ["", f"## {name}", "", f"{rule.claim} {rule.reason}".strip(), ""]
        if name in found:
            lines += ["```text", found[name].rstrip(), "```"]
        elif name.startswith(IMPORTING):
            lines.append("An import says so; [Import](../import.md#what-becomes-of-what) shows what of.")
        else:
            lines.append("No contract by itself shows it: it is about files beside the contract, or about their size.")
    return "\n".join(lines) + "\n"


def examples(root: Path) -> dict[str, str]:
    """By rule, the shortest finding that a test expects."""
    shortest: dict[str, str] = {}
    for report in sorted(root.glob(REPORTS)):
        for found in FINDING.finditer(report.read_text()):
            text, known = found[0], shortest.get(found[1])
            if known is None or len(text) < len(known):
                shortest[found[1]] = text
    return shortest

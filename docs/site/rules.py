"""The page that shows each rule of the compiler at work: what it prints of a contract that breaks it."""

from __future__ import annotations

import re
from pathlib import Path

from codegen.rules import RULES

REPORTS = ("tests/codegen/cases/*/stderr.txt", "tests/codegen/printed/*.txt")
"""What the compiler prints of contracts that are wrong, of what stands beside them, and of documents that are imported; tests print each of
them anew and compare."""
FINDING = re.compile(r"^\S+:\d+:\d+ (?:error|warning|changed|lost)\[(\w+)\].*\n(?:   .*\n)*", re.MULTILINE)


def rule_examples(root: Path) -> str:
    """Each rule with its reason, and the shortest finding of it."""
    found = examples(root)
    lines = [
        "# Rules by example",
        "",
        "What the compiler prints where a rule is broken: the place, the line, and how to mend it. Generated from the contracts and documents that "
        "its tests compile and import. What an import prints of a document that it reads is no fault of it; [Import](../import.md#what-becomes-of-what) "
        "says what becomes of what. [Rules of the compiler](../rules.md) is the list.",
    ]
    for name, rule in RULES.items():
        lines += ["", f"## {name}", "", f"{rule.claim} {rule.reason}".strip(), ""]
        lines += ["```text", found[name].rstrip(), "```"]
    return "\n".join(lines) + "\n"


def examples(root: Path) -> dict[str, str]:
    """By rule, the shortest finding that a test expects."""
    shortest: dict[str, str] = {}
    for report in sorted(path for pattern in REPORTS for path in root.glob(pattern)):
        for found in FINDING.finditer(report.read_text()):
            text, known = found[0], shortest.get(found[1])
            if known is None or len(text) < len(known):
                shortest[found[1]] = text
    return shortest

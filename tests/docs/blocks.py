"""The code blocks of a page, and what becomes of a project in which they are done one after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEXT_PLACE = "@@\n"
"""Parts two places of one file in a diff."""


@dataclass(frozen=True)
class Block:
    language: str
    title: str
    """The file that it is about; empty for commands."""
    text: str


def blocks(page: str) -> list[Block]:
    """In the order of the page."""
    return [Block(*found) for found in BLOCK.findall(page)]


def applied(diff: str, text: str) -> str:
    """The text after the diff, whose lines begin with a blank, `-` or `+`. What is there before must be there once."""
    for place in diff.split(NEXT_PLACE):
        lines = place.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[:1] in " -")
        after = "".join(line[1:] for line in lines if line[:1] in " +")
        assert text.count(before) == 1, f"{text.count(before)} times there:\n{before}"
        text = text.replace(before, after)
    return text


def write(block: Block, project: Path) -> None:
    """A diff changes its file; anything else is a new file, or comes at the end of one that is there."""
    file = project / block.title
    before = file.read_text() if file.exists() else ""
    if block.language == "diff":
        file.write_text(applied(block.text, before))
    else:
        file.write_text(f"{before}\n\n{block.text}" if before else block.text)

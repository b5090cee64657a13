"""llms.txt: the site as a list of links with a sentence each, for programs that read (llmstxt.org)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def llms_txt(source: Path) -> str:
    """Of the sources that `lay_out` wrote: sections as the navigation has them; each link leads to the page as Markdown."""
    project = tomllib.loads((source / "zensical.toml").read_text())["project"]
    lines = [f"# {project['site_name']}", "", f"> {project['site_description']}"]
    lines += ["", "## Begin here", ""]
    for title, entry in _entries(project["nav"]):
        if isinstance(entry, str):
            lines.append(_link(source, title, entry))
    for title, entry in _entries(project["nav"]):
        if not isinstance(entry, str):
            lines += ["", f"## {title}", "", *(_link(source, name, str(page)) for name, page in _entries(entry))]
    return "\n".join(lines) + "\n"


def _entries(nav: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    return ((title, entry) for one in nav for title, entry in one.items())


def _link(source: Path, title: str, page: str) -> str:
    return f"- [{title}]({page}): {first_sentence((source / 'pages' / page).read_text())}"


def first_sentence(text: str) -> str:
    """Of the first paragraph below the title, on one line and without the links' addresses."""
    blocks = (block.strip() for block in text.split("\n\n"))
    paragraph = next((one for one in blocks if (one and one[0].isalnum()) or one.startswith(("`", "*", "["))), "")
    flat = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", " ".join(paragraph.split()))
    return re.split(r"(?<=[.:])\s", flat, maxsplit=1)[0].rstrip(":")

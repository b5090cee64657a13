"""The sources of the site: the pages of docs/, the contract's README, and the reference that is generated here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from docs.site.commands import commands
from docs.site.contract import errors, words
from docs.site.python_client import python_client, python_models
from docs.site.rules import rule_examples
from docs.site.typescript_client import (
    typescript_client,
    typescript_functions,
    typescript_react,
    typescript_types,
)

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
STYLE = "site.css"
LANGUAGE = "reference/language.md"
"""Where specs/README.md stands in the site."""
GENERATED: dict[str, Callable[[Path], str]] = {
    "reference/words.md": words,
    "reference/errors.md": errors,
    "reference/rule_examples.md": rule_examples,
    "reference/commands.md": commands,
    "reference/python_client.md": python_client,
    "reference/python_models.md": python_models,
    "reference/typescript_client.md": typescript_client,
    "reference/typescript_types.md": typescript_types,
    "reference/typescript_functions.md": typescript_functions,
    "reference/typescript_react.md": typescript_react,
}
"""What is made of the tree at each build, so it is never stale: the reference is of the contract that stands in specs/."""
NAMED = re.compile(r"(?<!\[)`(?:docs/([a-z_/]+\.md)|(specs/README\.md))`")
OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+((?:tests|app|codegen|proof|docker|specs)/[^)]+)\)")
"""A link from docs/ to a file of the tree that is no page of the site."""
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def lay_out(folder: Path, docs: Path = DOCS) -> list[str]:
    """Writes `folder` anew, with what zensical reads; answers the pages by their path in the site, in order."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = folder / "pages"
    shutil.copytree(docs, pages, ignore=shutil.ignore_patterns("site", "*.toml", "__pycache__"))
    (folder / "zensical.toml").write_bytes((docs / "zensical.toml").read_bytes())
    shutil.copyfile(Path(__file__).parent / STYLE, pages / STYLE)
    texts = {path.relative_to(pages).as_posix(): path.read_text() for path in pages.rglob("*.md")}
    texts[LANGUAGE] = (ROOT / "specs" / "README.md").read_text()
    texts |= {name: write(ROOT) for name, write in GENERATED.items()}
    for name, text in texts.items():
        target = pages / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(linked(text, name, set(texts)))
    return sorted(texts)


def linked(text: str, page: str, pages: set[str]) -> str:
    """The text for the site: each page that a sentence names as `docs/….md` is a link to it, and a link to a file of the tree
    is its words and its path."""

    def link(found: re.Match[str]) -> str:
        target = LANGUAGE if found[2] else found[1]
        return f"[{found[0]}]({relative(page, target)})" if target in pages and target != page else found[0]

    parts = FENCE.split(text)
    return "".join(
        part if part.startswith("```") else OUTSIDE.sub(r"\1 (`\2`)", NAMED.sub(link, part)) for part in parts
    )


def relative(page: str, target: str) -> str:
    """The way from one page of the site to another."""
    return "../" * (len(PurePosixPath(page).parts) - 1) + target

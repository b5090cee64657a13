"""The documentation site as `make docs` has built it, for who runs the service from a checkout; an image has none."""

from __future__ import annotations

import re
from pathlib import Path

from app.http.documents import HTML, IMMUTABLE, JSON, MEDIA, Document

SITE = Path(__file__).parents[2] / ".stele" / "guide" / "html"
PATH = "/guide"
FIRST = "index.html"
TYPES = {**MEDIA, ".html": HTML, ".json": JSON, ".md": "text/markdown; charset=utf-8", ".png": "image/png"}
"""What else a build leaves there is not served."""
HASHED = re.compile(r"\.[0-9a-f]{8}\.")
"""In the name of a file that never changes."""
LEADING = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=guide/{FIRST}"><title>Guide</title><a href="guide/{FIRST}">Guide</a>'
"""At the path itself, whose page names its neighbours from one folder further down."""


def guide(site: Path = SITE) -> dict[str, Document]:
    """What is served, by path; nothing where no site is built. It is read once, so a later build is seen by the next start."""
    if not (site / FIRST).is_file():
        return {}
    files = [one for one in sorted(site.rglob("*")) if one.suffix in TYPES and one.is_file()]
    served = {f"{PATH}/{one.relative_to(site).as_posix()}": _document(one) for one in files}
    return {PATH: Document(HTML, LEADING.encode()), **served}


def _document(file: Path) -> Document:
    document = Document(TYPES[file.suffix], file.read_bytes())
    return document._replace(caching=IMMUTABLE) if HASHED.search(file.name) else document

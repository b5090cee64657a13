"""What zensical has built, made fit to be served by the service: nothing in line, no address of a root, and the sources beside it."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SCRIPTS = "assets/javascripts"
LEFT_OUT = ("404.html", "sitemap.xml")
"""They name the root of a host, which is the service's."""


def finish(site: Path, sources: Path, pages: Iterable[str]) -> None:
    """Changes `site` in place; `pages` are copied from `sources`, for who reads Markdown."""
    for name in LEFT_OUT:
        (site / name).unlink(missing_ok=True)
    for page in site.rglob("*.html"):
        _take_out_scripts(page, site)
    for name in pages:
        shutil.copyfile(sources / name, site / name)


def _take_out_scripts(page: Path, site: Path) -> None:
    """Each becomes a file that is loaded in its place: the service's Content-Security-Policy allows none in line."""
    up = "../" * (len(page.relative_to(site).parts) - 1)

    def moved(found: re.Match[str]) -> str:
        name = f"inline.{hashlib.sha256(found[1].encode()).hexdigest()[:8]}.js"
        (site / SCRIPTS / name).write_text(found[1])
        return f'<script src="{up}{SCRIPTS}/{name}"></script>'

    page.write_text(INLINE.sub(moved, page.read_text()))

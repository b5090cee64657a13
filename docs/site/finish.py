"""What zensical has built, made fit to be served by the service: all that a page loads is a file, no address of a root, and the
sources beside it.

The service's Content-Security-Policy has 'self' alone. zensical 0.0 writes three small scripts into each page, icons as `data:` into its
style sheet, and the style of its search box into its program; here each becomes a file. Three things that keep people out are mended too:
table heads without words, landmarks without names, tables that only a mouse scrolls. What is not as it was when this was written
fails the build (`Unknown`), so that a later version is not half done.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
ICON = re.compile(r'url\("data:image/svg\+xml;charset=utf-8,(<svg.*?</svg>)"\)')
SEARCH_STYLE = re.compile(r'\b(\w+)\("style",\{\},(\w+)\.toString\(\)\)')
"""How the program makes the element: a function of its own, and the variable with the text."""
EMPTY_HEAD = re.compile(r"<th></th>")
OPEN_TO_ALL = {
    '("nav",{class:"md-code__nav"})': '("div",{class:"md-code__nav"})',
    '("div",{class:"md-typeset__scrollwrap"}': '("div",{class:"md-typeset__scrollwrap",tabIndex:0}',
}
"""What the program makes around code and tables: no landmark for each block, and a table that keys scroll."""
SCRIPTS, STYLES, IMAGES = "assets/javascripts", "assets/stylesheets", "assets/images"
LEFT_OUT = ("404.html", "sitemap.xml")
"""They name the root of a host, which is the service's. Neither is the other theme served, which no page asks for."""


class Unknown(Exception):
    """zensical's output is not what this module knows."""


def finish(site: Path, sources: Path, pages: Iterable[str]) -> None:
    """Changes `site` in place; `pages` are copied from `sources`, for who reads Markdown. Raises Unknown."""
    shutil.rmtree(site / STYLES / "classic")
    for name in LEFT_OUT:
        (site / name).unlink(missing_ok=True)
    for page in site.rglob("*.html"):
        _take_out_scripts(page, site)
        _replace(page, EMPTY_HEAD, lambda _: "<td></td>")
    for style in (site / STYLES).rglob("*.css"):
        _take_out_icons(style, site)
    (program,) = (site / SCRIPTS).glob("bundle.*.js")
    program.write_text(_open_to_all(_without_search_style(program.read_text(), site)))
    _rename(program, site)
    for name in pages:
        shutil.copyfile(sources / name, site / name)


def _take_out_scripts(page: Path, site: Path) -> None:
    """Each is loaded from its file where it stood, so it runs at the same moment."""
    up = "../" * (len(page.relative_to(site).parts) - 1)
    _replace(page, INLINE, lambda found: f'<script src="{up}{_store(site / SCRIPTS, found[1], "js")}"></script>')


def _take_out_icons(style: Path, site: Path) -> None:
    up = "../" * (len(style.relative_to(site).parts) - 1)
    _replace(style, ICON, lambda found: f'url("{up}{_store(site / IMAGES, unquote(found[1]), "svg")}")')


def _without_search_style(text: str, site: Path) -> str:
    """`r.base` is the address of the site, which the same function of the program has at hand."""
    element = SEARCH_STYLE.search(text)
    literal = re.search(rf"\b{element[2]}='([^'\\]*)'", text) if element else None
    if element is None or literal is None or text.count("new URL(`./${a.location}`,r.base)") != 1:
        raise Unknown("the program makes the style of the search box otherwise than docs/site/finish.py knows")
    file = _store(site / STYLES, literal[1], "css")
    link = f'{element[1]}("link",{{rel:"stylesheet",href:new URL("{file}",r.base).toString()}})'
    return text.replace(element[0], link)


def _open_to_all(text: str) -> str:
    for made, better in OPEN_TO_ALL.items():
        if text.count(made) != 1:
            raise Unknown(f"the program does not make {made} once")
        text = text.replace(made, better)
    return text


def _rename(program: Path, site: Path) -> None:
    """By what is in it now, as the name says it to browsers that keep it."""
    name = f"bundle.{_digest(program.read_text())}.min.js"
    for page in site.rglob("*.html"):
        page.write_text(page.read_text().replace(program.name, name))
    program.rename(program.with_name(name))


def _replace(file: Path, what: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> None:
    file.write_text(what.sub(by, file.read_text()))


def _store(folder: Path, text: str, suffix: str) -> str:
    """Its path from the root of the site; the name changes with the text."""
    name = f"inline.{_digest(text)}.{suffix}"
    (folder / name).write_text(text)
    return f"assets/{folder.name}/{name}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]

"""The site, built once for all tests that look at it, and its pages as a browser would read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from typing_extensions import override

LOADS = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
    ("object", "data"),
}
"""What a browser fetches by itself, for a page that it shows."""


@dataclass
class Page(HTMLParser):
    """What one page loads, leads to, and can be led to."""

    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    in_line: list[str] = field(default_factory=list)
    """Scripts, styles and handlers that stand in the page itself."""

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def read(cls, file: Path) -> Page:
        page = cls()
        page.feed(file.read_text())
        return page

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.loads += [said[name] for kind, name in LOADS if kind == tag and name in said]
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        is_code = tag == "script" and "src" not in said and said.get("type") != "application/json"
        if is_code or tag == "style" or any(name == "style" or name.startswith("on") for name in said):
            self.in_line.append(f"<{tag} {said}>")


def html(site: Path) -> Iterator[tuple[str, Page]]:
    for file in sorted(site.rglob("*.html")):
        yield file.relative_to(site).as_posix(), Page.read(file)

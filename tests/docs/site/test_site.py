"""The documentation site is whole, true to its sources, and needs nobody else."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from docs.site.__main__ import build
from docs.site.pages import DOCS, GENERATED, LANGUAGE
from tests.docs.site.building import Page, html

pytestmark = pytest.mark.xdist_group("site")


def navigation(entries: list[dict[str, Any]]) -> list[str]:
    found = [one for entry in entries for one in entry.values()]
    return [page for one in found for page in ([one] if isinstance(one, str) else navigation(one))]


def test_every_page_is_in_the_navigation_and_is_built(site: Path) -> None:
    """A new file of docs/ that nobody can find is refused."""
    named = navigation(tomllib.loads((DOCS / "zensical.toml").read_text())["project"]["nav"])
    sources = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert sorted(named) == sorted(sources | {LANGUAGE, *GENERATED})
    assert {name for name, _ in html(site)} == {page.replace(".md", ".html") for page in named}


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    """Scripts, styles, fonts and pictures are all in the site, so it is read without a network."""
    for name, page in html(site):
        for load in page.loads:
            assert not urlsplit(load).netloc, f"{name} loads {load}"
            assert not urlsplit(load).scheme, f"{name} loads {load}"
            assert (site / name).parent.joinpath(unquote(urlsplit(load).path)).is_file(), f"{name} loads {load}"
    for style in site.rglob("*.css"):
        for address in re.findall(r"(?:@import\s*|url\()[\"']?([^\"')]+)", style.read_text()):
            assert style.parent.joinpath(address).is_file(), f"{style.name} loads {address[:80]}"


def test_nothing_stands_in_line(site: Path) -> None:
    """Pages fit the Content-Security-Policy of the service, which has 'self' alone."""
    assert {name: page.in_line for name, page in html(site) if page.in_line} == {}


def test_every_link_leads_to_a_page_and_every_anchor_to_its_place(site: Path) -> None:
    pages = dict(html(site))
    for name, page in pages.items():
        for link in page.links:
            leads = urlsplit(link)
            if leads.scheme or leads.netloc:
                continue
            target = _resolved(name, leads.path)
            assert target in pages or (site / target).is_file(), f"{name}: {link}"
            if leads.fragment and target in pages:
                assert unquote(leads.fragment) in pages[target].anchors, f"{name}: {link}"


def _resolved(page: str, path: str) -> str:
    """A page's relative address from the root of the site."""
    if not path:
        return page
    parts: list[str] = []
    for part in (*PurePosixPath(page).parts[:-1], *PurePosixPath(path).parts):
        if part == "..":
            assert parts, f"{page}: {path} leads out of the site"
            parts.pop()
        else:
            parts.append(part)
    found = "/".join(parts)
    return f"{found}/index.html".lstrip("/") if path.endswith(("/", ".")) else found


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """To a page or to an anchor; each is said with its place, and nothing that was built before is touched."""
    docs, into = tmp_path / "docs", tmp_path / "into"
    shutil.copytree(DOCS, docs)
    (docs / "glossary.md").write_text("# Glossary\n\n[gone](gone.md)\n\n[gone](wire.md#gone)\n")
    assert build(into, docs) == 1
    assert {"glossary.md:3:8", "glossary.md:5:16"} <= set(re.findall(r"glossary\.md:\d+:\d+", capfd.readouterr().err))
    assert not (into / "html").exists()


def test_search_finds_words_of_pages_without_a_server(site: Path) -> None:
    """Its index is a file of the site: each page is in it, and so is what is written there."""
    index = json.loads((site / "search.json").read_text())["items"]
    found = {one["location"].partition("#")[0] for one in index}
    assert {name for name, _ in html(site)} - found == set()
    where = {one["location"].partition("#")[0] for one in index if "outcome_unknown" in one["text"]}
    assert {"reference/errors.html", "architecture.html"} <= where


def test_llms_txt_names_every_page_as_markdown(site: Path) -> None:
    text = (site / "llms.txt").read_text()
    links = re.findall(r"^- \[[^\]]+\]\(([^)]+)\): (.+)$", text, re.MULTILINE)
    assert {name for name, _ in links} == {name.replace(".html", ".md") for name, _ in html(site)}
    assert all((site / name).is_file() and sentence for name, sentence in links)


def test_what_a_browser_reads_is_what_the_sources_say(site: Path) -> None:
    """The pages are of this build."""
    title = re.search(r"<h1[^>]*>(.*?)<", (site / "wire.html").read_text())
    assert title
    assert (DOCS / "wire.md").read_text().startswith(f"# {title[1]}")
    assert Page.read(site / "wire.html").anchors

"""The guide is served where it is built, as any document of the service is; where it is not, the answer says how to build it."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import httpx2

from app.audit.record import AuditRecord
from app.http.application import make_application
from app.http.documents import Document
from app.http.guide import PATH, guide
from app.http.refusals import Refusals
from app.serving.admin import Admin


def built(folder: Path) -> Path:
    for name in ("index.html", "guides/files.html", "assets/main.0a1b2c3d.css", "assets/LICENSE", "search.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


class Rows:
    """Takes the audit rows of what is refused."""

    def offer(self, record: AuditRecord) -> None:
        assert record.code == "unknown_operation"


async def get(documents: dict[str, Document], path: str) -> httpx2.Response:
    refusals = Refusals(Rows(), on_left_out=lambda _: None, trusted_proxies=0)
    application = make_application(lambda _: nullcontext(), refusals, documents=documents, metrics=None)
    async with httpx2.AsyncClient(base_url="http://service", transport=httpx2.ASGITransport(application)) as client:
        return await client.get(path)


async def test_pages_are_served_under_the_guide_and_only_what_never_changes_is_kept(tmp_path: Path) -> None:
    documents = guide(built(tmp_path))
    page, style = (
        await get(documents, "/guide/guides/files.html"),
        await get(documents, "/guide/assets/main.0a1b2c3d.css"),
    )
    assert (page.text, page.headers["content-type"], page.headers["cache-control"]) == (
        "guides/files.html", "text/html; charset=utf-8", "no-cache",
    )  # fmt: skip
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (style.headers["content-type"], "immutable" in style.headers["cache-control"]) == (
        "text/css; charset=utf-8", True,
    )  # fmt: skip


async def test_the_path_itself_leads_to_the_first_page(tmp_path: Path) -> None:
    """Relative, so that it holds behind a proxy with a path of its own."""
    page = await get(guide(built(tmp_path)), PATH)
    assert 'content="0; url=guide/index.html"' in page.text


async def test_what_has_no_known_type_and_what_lies_beside_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    documents = guide(built(tmp_path / "site"))
    for path in ("/guide/assets/LICENSE", "/guide/../secret.html", "/guide/%2e%2e/secret.html"):
        assert (await get(documents, path)).status_code == 404


async def test_without_a_site_the_answer_says_how_to_build_it_where_documents_are_public(tmp_path: Path) -> None:
    assert guide(tmp_path) == {}
    shown = {"/": Document("text/html", b"console")}
    answer = await get(shown, PATH)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "make docs" in answer.json()["detail"]
    assert "detail" not in (await get({}, PATH)).json()


def test_the_admin_port_shows_it_with_the_other_documents(tmp_path: Path) -> None:
    status, media, body = Admin(dict, guide(built(tmp_path))).page("/guide/index.html")
    assert (status, media, body) == (200, "text/html; charset=utf-8", b"index.html")

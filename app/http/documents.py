"""The documents of the contract as the compiler has written them, and the console that shows them. Bytes, ready to be sent."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

SPECS = Path(__file__).parents[2] / "generated" / "specs"
NAMES = ("openapi.json", "asyncapi.json", "client.json")
"""A contract without a socket has no second."""
CONSOLE = Path(__file__).parents[1] / "console" / "static"
"""As `make console` builds it: a page, and what it loads under names that change with what is in them."""
PAGE = "index.html"
JSON, HTML = "application/json", "text/html; charset=utf-8"
IMMUTABLE = "public, max-age=31536000, immutable"
MEDIA = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of all of them: from this origin alone, nothing in line, and nobody frames them."""
HERE, ELSEWHERE = b'<meta name="service" content="here">', b'<meta name="service" content="elsewhere">'


class Document(NamedTuple):
    media: str
    data: bytes
    caching: str = "no-cache"


def documents(*, is_service: bool = True) -> dict[str, Document]:
    """What is served, by path. `is_service` says whether the operations are at the same address: else the console only shows them."""
    found = {f"/{name}": Document(JSON, (SPECS / name).read_bytes()) for name in NAMES if (SPECS / name).is_file()}
    page = (CONSOLE / PAGE).read_bytes()
    console = Document(HTML, page if is_service else page.replace(HERE, ELSEWHERE))
    parts = {f"/console/{one.name}": _part(one) for one in sorted(CONSOLE.iterdir()) if one.name != PAGE}
    return found | parts | {"/": console, "/docs": console}


def _part(file: Path) -> Document:
    return Document(MEDIA[file.suffix], file.read_bytes(), IMMUTABLE)

"""What can be said of an answer that is none of the service's: a proxy's page, a portal's, or nothing at all."""

from __future__ import annotations

import re

import httpx2

SHOWN = 200
"""Characters of the body that are shown."""


def told(response: httpx2.Response, body: bytes) -> str:
    """Who answered with which status and media type, and how the body begins, on one printable line. Without the query, which
    may hold what is nobody else's affair."""
    url = response.request.url
    place = f"{url.scheme}://{url.netloc.decode()}{url.path}"
    media = response.headers.get("content-type") or "no content type"
    return f"{place} answered {response.status_code} with {media}: {_beginning(body)}"


def _beginning(body: bytes) -> str:
    text = re.sub(r"\s+", " ", body[: 4 * SHOWN].decode(errors="replace")).strip()
    shown = "".join(char if char.isprintable() else "\ufffd" for char in text[:SHOWN])
    return f"{shown}…" if len(text) > SHOWN else shown or "nothing"

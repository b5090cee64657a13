"""The documents are those of the compiler, byte by byte, and a page that needs nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from app.http.documents import documents

SPECS = Path(__file__).parents[3] / "generated" / "specs"


def test_they_are_what_was_generated() -> None:
    served = documents()
    media, data = served["/openapi.json"]
    assert (media, data) == ("application/json", (SPECS / "openapi.json").read_bytes())


def test_the_page_lists_every_operation_without_a_script() -> None:
    media, page = documents()["/docs"]
    paths = json.loads((SPECS / "openapi.json").read_bytes())["paths"]
    assert media.startswith("text/html")
    assert all(one["operationId"].encode() in page for item in paths.values() for one in item.values())
    assert b"<script" not in page

"""A header of an answer arrives where a field of the result has its value, and is named where none has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.codegen.importer.documents import imported, openapi, said
from tests.codegen.importer.test_importer import contract_of

PAGE: dict[str, Any] = {
    "type": "object",
    "required": ["totalCount", "version", "name", "nextDay", "level"],
    "properties": {
        "totalCount": {"type": "integer", "format": "int64", "minimum": 0},
        "version": {"type": "integer", "format": "int32"},
        "name": {"type": "string"},
        "nextDay": {"type": "string", "format": "date"},
        "level": {"type": "integer", "format": "int32"},
        "fresh": {"type": "boolean"},
    },
}
STRING = {"schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("X-Total-Count", {"description": "How many.", "x-field": "total_count", "schema": {"type": "integer"}}),
        ("Next-Day", {"description": "How many.", "x-field": "next_day", "schema": {"type": "string"}}),
        ("ETag", {"description": "How many.", "x-field": "version", "schema": {"type": "integer"}}),
        ("X-Name", None),
        ("X-Fresh", None),
        ("Location", None),
        ("Content-Length", None),
    ],
)
def test_a_header_is_the_field_of_its_name(tmp_path: Path, name: str, here: Any) -> None:
    """Text may break the line, and what may be absent has nothing to say: both stay out, with a loss."""
    content = {"application/json": {"schema": PAGE}}
    responses = {
        "200": {"description": "All.", "headers": {name: {"description": "How many.", **STRING}}, "content": content}
    }
    found = imported(tmp_path, openapi({"/robots": {"get": {"responses": responses}}}))
    (item,) = yaml.safe_load(found.files["http/robots.yaml"]).values()
    assert item["get"]["responses"]["200"].get("headers", {}).get(name) == here
    assert any(f"the header {name!r}" in one and "left out" in one for one in said(found.losses)) is (here is None)
    contract = contract_of(found, tmp_path)
    if here:
        (operation,) = [one for one in contract.operations if one.feature == "robots"]
        assert operation.http is not None
        (carried,) = operation.http.response_headers
        assert (carried.carrier, carried.field) == (name, here["x-field"])

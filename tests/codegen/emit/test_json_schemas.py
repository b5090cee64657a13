"""Types are spelled again as JSON Schema with every bound written out."""

from __future__ import annotations

import json

from tests.codegen.contracts import shipped_files


def schemas(document: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(shipped_files()[document])["components"]["schemas"]
    return found


def test_the_bounds_of_a_width_are_written_out() -> None:
    page = schemas("specs/openapi.json")["PageMeta"]["properties"]
    assert isinstance(page, dict)
    assert page["pages"] == {"type": "integer", "format": "int32", "minimum": 0, "maximum": 2147483647}


def test_text_that_may_not_hold_nul_says_so() -> None:
    document = json.loads(shipped_files()["specs/openapi.json"])
    body = document["paths"]["/api/authors"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "u0000" in json.dumps(body)
    assert body["additionalProperties"] is False


def test_both_documents_have_the_same_record() -> None:
    assert schemas("specs/openapi.json")["Author"]["required"] == schemas("specs/asyncapi.json")["Author"]["required"]

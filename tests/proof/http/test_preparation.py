"""A document is given what schemathesis needs: it then draws valid headers, and logs in."""

from __future__ import annotations

import re
from typing import Any

import schemathesis
from hypothesis import given, settings

from proof.http.preparation import prepare

PATTERN = r'^(\*|"[!#-~]*")$'


def document(*parameters: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": "ask", "responses": {"200": {"description": "Done."}}}
    if body is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Asked", "version": "1"},
        "paths": {"/a": {"parameters": list(parameters[:1]), "post": operation | {"parameters": list(parameters[1:])}}},
    }


def header(**schema: Any) -> dict[str, Any]:
    return {"name": "If-Match", "in": "header", "schema": {"type": "string"} | schema}


def test_a_pattern_of_a_header_gets_a_format_that_draws_what_fits() -> None:
    asked = document({}, header(pattern=PATTERN))
    prepare(asked, {})
    (parameter,) = asked["paths"]["/a"]["post"]["parameters"]
    assert parameter["schema"]["format"].startswith("header-")
    seen: list[str] = []

    @given(schemathesis.openapi.from_dict(asked)["/a"]["POST"].as_strategy())
    @settings(max_examples=30, database=None, derandomize=True)
    def draw(case: schemathesis.Case[Any]) -> None:
        seen.extend(value for name, value in (case.headers or {}).items() if name == "If-Match")

    draw()
    assert seen
    assert [one for one in seen if not re.search(PATTERN, one)] == []


def test_patterns_of_paths_are_found_and_other_schemas_stay() -> None:
    own = {"name": "q", "in": "query", "schema": {"type": "string", "pattern": PATTERN}}
    others = [header(), header(pattern=PATTERN, format="mine"), header(pattern="("), own]
    asked = document(header(pattern=PATTERN), *others)
    before = [dict(one["schema"]) for one in others]
    prepare(asked, {})
    assert "format" in asked["paths"]["/a"]["parameters"][0]["schema"]
    assert [one["schema"] for one in others] == before


def test_the_login_gets_an_example_unless_it_has_one() -> None:
    asked, credentials = document(body={"type": "object"}), {"username": "editor"}
    content = asked["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]
    prepare(asked, {"another": {"username": "nobody"}})
    assert "example" not in content
    prepare(asked, {"ask": credentials})
    prepare(asked, {"ask": {"username": "later"}})
    assert content["example"] == credentials

"""The expanded OpenAPI says what the sources need not: errors, both media types, headers, parameters."""

from __future__ import annotations

import json
from typing import Any

from tests.codegen.contracts import shipped, shipped_files


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shipped_files()["specs/openapi.json"])
    return found


def test_every_error_that_an_operation_may_answer_is_declared() -> None:
    for one in shipped().operations:
        if one.http:
            responses = document()["paths"][one.http.path][one.http.method.lower()]["responses"]
            statuses = {str(error.status) for error in shipped().errors if error.code in one.errors}
            assert statuses <= set(responses), one.name


def test_a_body_is_json_or_protobuf() -> None:
    post = document()["paths"]["/api/authors"]["post"]
    assert set(post["requestBody"]["content"]) == {"application/json", "application/x-protobuf"}
    assert set(post["responses"]["201"]["content"]) == {"application/json", "application/x-protobuf"}


def test_a_query_record_is_single_parameters() -> None:
    names = {
        one["name"]
        for one in document()["paths"]["/api/authors/paginated"]["get"]["parameters"]
        if one.get("in") == "query"
    }
    assert names == {"page", "per_page", "cursor", "id", "name"}

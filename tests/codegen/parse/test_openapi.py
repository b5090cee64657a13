"""OpenAPI is read strictly: what is not read is refused where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

HTTP = "http/authors.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("openapi.yaml", "openapi: 3.1.0", "openapi: 3.0.3", "O001"),
        (HTTP, "operationId: create_author", "operationId: createAuthor", "O004"),
        (HTTP, "    security: [{bearer: [create-author]}]\n", "", "O006"),
        (HTTP, "operationId: create_author", "operationId: get_authors", "O005"),
        (HTTP, "'201':", "'203':", "O013"),
        (HTTP, "content: {application/json:", "content: {text/plain:", "O012"),
    ],
)
def test_an_operation_that_is_not_read_is_a_finding(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new)))


def test_all_findings_of_a_file_come_at_once(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        (HTTP, "operationId: create_author", "operationId: createAuthor"),
        (HTTP, "security: [{bearer: [get-authors]}]", "security: [{bearer: [nobody-knows]}]"),
        ("schemas/system.yaml", "type: object", "type: thing"),
    )
    assert {"O004", "V008", "S003"} <= rules(loaded)

"""What a run reads of an OpenAPI document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proof.documents import DocumentError
from proof.http.openapi import described, operations

DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {"/a/{id}": {"parameters": [], "get": {"operationId": "get_a"}, "delete": {}}, "/b": {"post": {}}},
}


def test_operations_are_those_of_methods(tmp_path: Path) -> None:
    place = tmp_path / "openapi.json"
    place.write_text(json.dumps(DOCUMENT))
    found = [(one.id, one.label, one.path) for one in operations(described(str(place)))]
    assert found == [
        ("get_a", "GET /a/{id}", "/a/{id}"),
        ("DELETE /a/{id}", "DELETE /a/{id}", "/a/{id}"),
        ("POST /b", "POST /b", "/b"),
    ]


@pytest.mark.parametrize("text", ['{"asyncapi": "3.0.0"}', '{"swagger": "2.0"}', "openapi: 4.0.0"])
def test_another_document_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "document").write_text(text)
    with pytest.raises(DocumentError, match="is no OpenAPI 3 document"):
        described(str(tmp_path / "document"))

"""The served documents are the two descriptions of the whole contract and what drives a client, and nothing else."""

from __future__ import annotations

from codegen.emit.documents.files import emit
from tests.codegen.contracts import shipped


def test_each_document_is_written() -> None:
    assert {file.path for file in emit(shipped())} == {"specs/openapi.json", "specs/asyncapi.json", "specs/client.json"}

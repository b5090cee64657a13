"""The served documents are the two descriptions of the whole contract, and nothing else."""

from __future__ import annotations

from codegen.emit.documents.files import emit
from tests.codegen.contracts import shipped


def test_both_documents_are_written() -> None:
    assert {file.path for file in emit(shipped())} == {"specs/openapi.json", "specs/asyncapi.json"}

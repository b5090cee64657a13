"""Which media type arrives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.losses import Losses
from codegen.importer.media import chosen, is_json
from codegen.importer.nodes import mapping
from tests.codegen.importer.documents import library_of, openapi, said


@pytest.mark.parametrize(
    ("content", "kept", "losses"),
    [
        (["application/json"], "application/json", 0),
        (["text/html", "application/json; charset=utf-8"], "application/json", 1),
        (["*/*"], "*/*", 1),
        (["application/vnd.x+json", "application/xml"], "application/vnd.x+json", 2),
        (["text/csv", "multipart/form-data"], "multipart/form-data", 2),
        (["image/png"], "image/png", 1),
        ([], "", 0),
    ],
)
def test_json_is_kept_before_all_others_and_each_other_is_said(
    tmp_path: Path, content: list[str], kept: str, losses: int
) -> None:
    holder: dict[str, Any] = {"content": {name: {"schema": {"type": "string"}} for name in content}}
    library, (source,) = library_of(tmp_path, openapi({"/x": holder}))
    lost = Losses()
    node = mapping(source.root, "paths", "/x")
    assert node is not None
    assert chosen(library, lost, node, "the answer")[0] == kept
    assert len(said(lost)) == losses


def test_forms_have_the_form_of_json_and_files_have_not() -> None:
    assert [
        is_json(one)
        for one in ("application/json", "multipart/form-data", "application/xml", "text/plain", "image/png")
    ] == [True, True, True, False, False]

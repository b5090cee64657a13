"""Which media type arrives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.losses import Losses
from codegen.importer.media import bytes_of, chosen, is_bytes
from codegen.importer.nodes import mapping
from tests.codegen.importer.documents import library_of, openapi, said


@pytest.mark.parametrize(
    ("content", "kept", "losses"),
    [
        (["application/json"], "application/json", 0),
        (["text/html", "application/json; charset=utf-8"], "application/json", 1),
        (["*/*"], "*/*", 1),
        (["application/vnd.x+json", "application/xml"], "application/vnd.x+json", 2),
        (["text/csv", "multipart/form-data"], "multipart/form-data", 1),
        (["application/x-www-form-urlencoded"], "application/x-www-form-urlencoded", 1),
        (["image/png"], "image/png", 0),
        (["image/png", "text/csv; header=present"], "text/csv", 0),
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


def test_bytes_arrive_as_they_are_and_xml_as_its_members(tmp_path: Path) -> None:
    assert [
        is_bytes(one)
        for one in ("application/json", "multipart/form-data", "application/xml", "text/plain", "image/png", "*/*", "")
    ] == [False, False, False, True, True, False, False]
    schema = {"type": "string"}
    holder = {"content": {"image/png": {"schema": schema}, "Text/CSV; x=1": {}, "application/xml": {"schema": schema}}}
    library, (source,) = library_of(tmp_path, openapi({"/x": holder}))
    node = mapping(source.root, "paths", "/x")
    assert node is not None
    found = bytes_of(library, node)
    assert list(found) == ["image/png", "text/csv"]
    assert found["text/csv"] is None


@pytest.mark.parametrize(
    ("schema", "kept"),
    [({}, "image/png"), ({"schema": {}}, "image/png"), ({"schema": {"type": "string"}}, "application/json")],
)
def test_a_file_is_kept_beside_json_of_which_nothing_is_said(tmp_path: Path, schema: dict[str, Any], kept: str) -> None:
    """As frameworks write that declare a file and keep their own default; the JSON is told in the report."""
    holder = {"content": {"application/json": schema, "image/png": {}}}
    library, (source,) = library_of(tmp_path, openapi({"/x": holder}))
    lost = Losses()
    node = mapping(source.root, "paths", "/x")
    assert node is not None
    assert chosen(library, lost, node, "the answer")[0] == kept
    assert len(said(lost)) == 1

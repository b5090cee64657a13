"""Error responses are codes of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.draft import Draft
from codegen.importer.errors import Errors
from codegen.importer.losses import Losses
from codegen.importer.nodes import mapping
from tests.codegen.importer.documents import library_of, openapi, said


def read(
    folder: Path, responses: dict[str, Any], named: dict[str, Any] | None = None, taken: set[str] | None = None
) -> tuple[list[str], Draft, list[str]]:
    library, (source,) = library_of(
        folder, openapi({"/x": {"get": {"responses": responses}}}, components={"responses": named or {}})
    )
    draft, losses = Draft(), Losses()
    node = mapping(source.root, "paths", "/x", "get", "responses")
    assert node is not None
    return Errors(library, draft, losses, taken or set()).read(node, "pets"), draft, said(losses)


def body(code: Any) -> dict[str, Any]:
    return {"description": "It is so.", "content": {"application/json": {"schema": {"properties": {"code": code}}}}}


@pytest.mark.parametrize(
    ("responses", "codes"),
    [
        ({"200": {}, "404": {"description": "None."}}, ["pet_not_found"]),
        (
            {"409": {}, "410": {}, "423": {}, "418": {}, "444": {}},
            ["pet_conflict", "pet_gone", "pet_locked", "pet_teapot", "pet_refused_444"],
        ),
        ({"400": {}, "401": {}, "403": {}, "422": {}, "429": {}, "500": {}, "503": {}}, []),
        ({"404": {"$ref": "#/components/responses/NoSuchPet"}}, ["no_such_pet"]),
        ({"409": body({"const": "name_taken"})}, ["name_taken"]),
        ({"409": body({"enum": ["NAME_TAKEN"]})}, ["name_taken"]),
        ({"4XX": {}, "default": {}}, []),
    ],
)
def test_a_status_that_the_platform_does_not_answer_by_itself_is_a_code(
    tmp_path: Path, responses: dict[str, Any], codes: list[str]
) -> None:
    assert read(tmp_path, responses, {"NoSuchPet": {"description": "Gone."}})[0] == codes


def test_a_code_has_the_kind_of_its_status(tmp_path: Path) -> None:
    _, draft, losses = read(tmp_path, {"404": body({"type": "string"}), "502": {"description": "Upstream.\nMore."}})
    assert (draft.errors["pet_not_found"].rsp, draft.errors["pet_not_found"].retryable) == ("NOT_FOUND", False)
    assert (
        draft.errors["pet_upstream_failed"].rsp,
        draft.errors["pet_upstream_failed"].retryable,
        draft.errors["pet_upstream_failed"].title,
    ) == ("ERROR", True, "Upstream.")
    assert losses == ["I018 errors are application/problem+json here; what the document answers with is left out"]


def test_a_code_of_the_platform_is_not_taken(tmp_path: Path) -> None:
    assert read(tmp_path, {"409": body({"const": "timeout"})}, taken={"timeout"})[0] == ["pet_conflict"]

"""What a document says to readers arrives where it is said, and an example that its schema refuses is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.importer.importer import Imported
from tests.codegen.importer.documents import answers, imported, openapi, said
from tests.codegen.importer.test_importer import contract_of

PET: dict[str, Any] = {
    "type": "object", "required": ["id", "name"], "example": {"id": 1, "name": "Rex"}, "externalDocs": {"url": "https://example.org/pet"},
    "properties": {
        "id": {"type": "integer", "format": "int64", "readOnly": True},
        "name": {"type": "string", "maxLength": 5, "examples": ["Rex", "too long"], "deprecated": True},
        "pin": {"type": "string", "writeOnly": True, "description": "Four digits."},
        "owner": {"$ref": "#/components/schemas/Owner", "readOnly": True, "description": "Whose."},
        "both": {"type": "string", "readOnly": True, "writeOnly": True},
    },
}  # fmt: skip
OWNER = {"type": "object", "description": "An owner.", "properties": {"name": {"type": "string", "example": "Ada"}}}
REF = {"$ref": "#/components/schemas/Pet"}


def pets(folder: Path, **more: Any) -> Imported:
    """A pet that goes both ways, with what one operation says beside it."""
    put = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": REF}}},
        "responses": answers(REF),
    }
    return imported(folder, openapi({"/pets": {"post": put | more}}, {"Pet": PET, "Owner": OWNER}))


def text(found: Imported, file: str) -> Any:
    return yaml.safe_load(found.files[file])


def test_a_schema_says_what_it_said(tmp_path: Path) -> None:
    found = pets(tmp_path)
    pet = text(found, "schemas/pets.yaml")["Pet"]
    assert (pet["examples"], pet["externalDocs"]) == ([{"id": 1, "name": "Rex"}], {"url": "https://example.org/pet"})
    assert pet["properties"] == {
        "id": {"type": "integer", "format": "int64", "readOnly": True},
        "name": {"deprecated": True, "type": "string", "maxLength": 5, "examples": ["Rex"]},
        "pin": {"description": "Four digits.", "type": "string", "writeOnly": True},
        "owner": {"allOf": [{"$ref": "#/Owner"}], "description": "Whose.", "readOnly": True},
        "both": {"type": "string"},
    }
    assert text(found, "schemas/pets.yaml")["Owner"]["properties"] == {"name": {"type": "string", "examples": ["Ada"]}}
    losses = said(found.losses)
    assert "I012 an example of CreatePetRequest.name is left out, which its schema refuses" in losses
    assert "I012 Pet.both is readOnly and writeOnly, and goes both ways here" in losses
    contract = contract_of(found, tmp_path)
    assert [one.name for one in contract.operations[0].request.fields if one.name in ("id", "pin", "owner")] == ["pin"]


def test_a_parameter_and_a_media_type_have_their_examples(tmp_path: Path) -> None:
    """Those of a value that is wrapped are wrapped, too."""
    status = {
        "name": "status",
        "in": "query",
        "schema": {"type": "string", "readOnly": True},
        "examples": {"one": {"value": "sold"}},
    }
    page = {"name": "page", "in": "query", "schema": {"type": "integer", "format": "int32"}, "example": "x"}
    content = {"application/json": {"schema": {"type": "array", "items": REF}, "example": [{"id": 1, "name": "Rex"}]}}
    found = pets(tmp_path, parameters=[status, page], responses={"200": {"description": "All.", "content": content}})
    operation = text(found, "http/pets.yaml")["collection"]["post"]
    assert operation["parameters"] == [
        {"name": "status", "in": "query", "examples": {"one": {"value": "sold"}}, "schema": {"type": "string"}},
        {"name": "page", "in": "query", "schema": {"type": "integer", "format": "int32"}},
    ]
    (media,) = operation["responses"]["200"]["content"].values()
    assert media["example"] == {"items": [{"id": 1, "name": "Rex"}]}
    assert "I012 an example of CreatePetRequest.page is left out, which its schema refuses" in said(found.losses)


@pytest.mark.parametrize(
    ("more", "here"),
    [
        ({"tags": ["pets", "shop"]}, {"tags": ["pets", "shop"]}),
        ({"tags": ["pets"]}, {}),
        ({"externalDocs": {"url": "https://example.org", "description": "More."}}, {"externalDocs": {"url": "https://example.org", "description": "More."}}),
        ({"externalDocs": {"url": "nowhere"}}, {}),
    ],
)  # fmt: skip
def test_an_operation_has_its_tags_and_where_more_is_written(tmp_path: Path, more: Any, here: Any) -> None:
    found = pets(tmp_path, **more)
    operation = text(found, "http/pets.yaml")["collection"]["post"]
    assert {key: operation[key] for key in ("tags", "externalDocs") if key in operation} == here
    assert any("externalDocs has no address" in one for one in said(found.losses)) is (
        more.get("externalDocs") == {"url": "nowhere"}
    )
    contract_of(found, tmp_path)

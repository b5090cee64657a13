"""The files are as a person would write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.importer.write import _item_name
from tests.codegen.importer.documents import answers, imported, openapi

PATHS = {
    "/pets": {"get": {"summary": "All of them.", "operationId": "listPets", "responses": answers({"$ref": "#/components/schemas/PetPage"})}},
    "/pets/{petId}": {"get": {"operationId": "getPet", "parameters": [{"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}],
                              "responses": {**answers({"$ref": "#/components/schemas/Pet"}), "404": {"description": "There is none."}}}},
}  # fmt: skip
SCHEMAS = {
    "Pet": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "maxLength": 20}}},
    "PetPage": {
        "type": "object",
        "required": ["pets"],
        "properties": {"pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}},
    },
}
HTTP = """\
collection:
  get:
    operationId: list_pets
    summary: All of them.
    security: []
    responses:
      '200':
        description: Done.
        content: {application/json: {schema: {$ref: '../schemas/pets.yaml#/PetPage'}}}

single:
  get:
    operationId: get_pet
    security: []
    x-errors: [pet_not_found]
    parameters: [{name: pet_id, in: path, required: true, schema: {type: string}}]
    responses:
      '200':
        description: Done.
        content: {application/json: {schema: {$ref: '../schemas/pets.yaml#/Pet'}}}
"""
YAML = """\
PetPage:
  type: object
  required: [pets]
  properties:
    pets: {type: array, items: {$ref: '#/Pet'}}

Pet:
  type: object
  required: [id]
  properties:
    id: {type: string, maxLength: 20}
"""


def test_one_file_of_each_kind_for_a_feature_in_the_style_of_specs(tmp_path: Path) -> None:
    found = imported(tmp_path, openapi(PATHS, SCHEMAS, tags=[{"name": "pets", "description": "Animals."}]))
    assert found.files["http/pets.yaml"].partition("\n")[2] == HTTP
    assert found.files["schemas/pets.yaml"].partition("\n")[2] == YAML
    assert "  - {name: pets, description: Animals.}\n" in found.files["openapi.yaml"]
    assert "  /pets/{pet_id}: {$ref: 'http/pets.yaml#/single'}\n" in found.files["openapi.yaml"]
    assert (
        "  pet_not_found: {status: 404, rsp: NOT_FOUND, retryable: false, title: There is none.}\n"
        in found.files["errors.yaml"]
    )
    assert "message Pet {\n  string id = 1;\n}\n" in found.files["proto/pets.proto"]
    assert "  Pet: {id: 1}\n" in found.files["contract.lock"]


@pytest.mark.parametrize(
    ("path", "name"),
    [("/pets", "collection"), ("/api/pets/{id}", "single"), ("/pets/{id}/toys", "toys"), ("/pets/{id}/toys/{toy}", "toys_by_toy"), ("/", "root"), ("/shops", "shops")],
)  # fmt: skip
def test_a_path_item_is_called_after_its_path(path: str, name: str) -> None:
    assert _item_name(path, "pets") == name

"""What a document says to readers arrives where it is said, and an example that its schema refuses is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.importer.importer import Imported
from codegen.ir.notes import ExternalDocs
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


def test_each_item_of_a_list_is_described(tmp_path: Path) -> None:
    labels = {
        "type": "array",
        "description": "All.",
        "items": {"type": "string", "maxLength": 3, "description": "One.", "examples": ["red", "too long"]},
    }
    kinds = {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}
    body = {"type": "object", "required": ["labels"], "properties": {"labels": labels, "kinds": kinds}}
    found = pets(tmp_path, responses=answers(body))
    (record,) = [one for one in text(found, "schemas/pets.yaml").values() if "labels" in one["properties"]]
    assert record["properties"] == {
        "labels": {
            "description": "All.",
            "type": "array",
            "items": {"description": "One.", "type": "string", "maxLength": 3, "examples": ["red"]},
        }
    }
    contract_of(found, tmp_path)


def test_a_tag_says_what_it_said(tmp_path: Path) -> None:
    operation = {"tags": ["pets"], "responses": answers(REF)}
    docs = {"url": "https://example.org/pets", "description": "More."}
    tags = [{"name": "pets", "description": "All pets.", "externalDocs": docs}, {"name": "unused"}]
    found = imported(tmp_path, openapi({"/pets": {"get": operation}}, {"Pet": PET, "Owner": OWNER}, tags=tags))
    assert not found.left
    assert {"name": "pets", "description": "All pets.", "externalDocs": docs} in text(found, "openapi.yaml")["tags"]
    assert contract_of(found, tmp_path).info.tag_docs["pets"].url == docs["url"]


def test_the_whole_says_where_more_is_read_and_says_it_once(tmp_path: Path) -> None:
    """OpenAPI says it at its root, AsyncAPI 3.0 in `info`. A second address is named."""
    docs = {"url": "https://example.org", "description": "More."}
    other = {"title": "Other", "version": "1.0.0", "externalDocs": {"url": "https://example.org/other"}}
    pets = openapi({"/pets": {"get": {"responses": answers(REF)}}}, {"Pet": PET, "Owner": OWNER}, externalDocs=docs)
    found = imported(tmp_path, pets)
    assert not found.left
    assert text(found, "openapi.yaml")["externalDocs"] == docs
    assert contract_of(found, tmp_path).info.external_docs == ExternalDocs(docs["url"], docs["description"])
    twice = said(imported(tmp_path, pets, {"asyncapi": "3.0.0", "info": other}).losses)
    assert [one.partition(" ")[2] for one in twice if "externalDocs" in one] == ["a second externalDocs is left out"]


def test_a_message_s_examples_and_words_arrive_and_one_that_does_not_fit_is_named(tmp_path: Path) -> None:
    """AsyncAPI 2.6: with the parameter of its address an event has a member more, which its example must have, too."""
    message = {"name": "Moved", "description": "Where it is.", "payload": {"type": "object", "required": ["x"], "properties": {"x": {"type": "number"}}},
               "examples": [{"payload": {"x": 1.5}}, {"name": "wrong", "payload": {"x": "a"}}], "tags": [{"name": "t"}]}  # fmt: skip
    sent = {"payload": {"type": "array", "items": {"type": "string"}}, "examples": [{"payload": ["a"]}]}
    channels = {"moves": {"subscribe": {"message": message}}, "asks": {"publish": {"operationId": "ask", "message": sent}},
                "bays/{bay}": {"parameters": {"bay": {"description": "Which.", "schema": {"type": "string"}}},
                               "subscribe": {"message": {**message, "name": "Parked"}}}}  # fmt: skip
    document = {"asyncapi": "2.6.0", "info": {"title": "Robots", "version": "1"}, "channels": channels}
    found = imported(tmp_path, document)
    losses = said(found.losses)
    assert text(found, "schemas/moves.yaml")["Moved"]["examples"] == [{"x": 1.5}]
    assert text(found, "packages/moves.yaml")["operations"]["moved"]["description"] == "Where it is."
    assert [one["examples"] for one in text(found, "schemas/asks.yaml").values()] == [[{"items": ["a"]}]]
    parked = text(found, "schemas/bays.yaml")["Parked"]
    assert "examples" not in parked
    assert parked["properties"]["bay"] == {"description": "Which.", "type": "string", "maxLength": 200}
    assert "I012 an example of Parked is left out, which its schema refuses" in losses
    assert any("'tags' of messages is left out" in one for one in losses)
    contract_of(found, tmp_path)

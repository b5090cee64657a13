"""Schemas of the language from those of documents: names, records, collections, unions, and what a message is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.draft import Ref
from codegen.importer.nodes import mapping
from tests.codegen.importer.documents import openapi, read, said, types_of

TEXT = {"type": "string"}


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_inline_schemas_are_named_after_where_they_stand(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        record(home=record(streetName=TEXT), rooms={"type": "array", "items": record(kind={"enum": ["a", "b"]})}),
    )
    assert list(found.named) == ["Thing", "ThingHome", "ThingRoomsItem", "ThingRoomsItemKind"]
    assert found.named["ThingHome"]["properties"] == {"streetName": TEXT}
    assert not any(one.startswith("I011") for one in found.said)


def test_one_schema_is_one_type_however_often_it_is_used_and_circles_survive(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        record(a={"$ref": "#/components/schemas/Node"}, b={"$ref": "#/components/schemas/Node"}),
        Node=record(next={"$ref": "#/components/schemas/Node"}),
    )
    assert found.named["Node"]["properties"] == {"next": Ref("Node")}
    assert found.named["Thing"]["properties"] == {"a": Ref("Node"), "b": Ref("Node")}


def test_two_names_that_become_one_stay_apart(tmp_path: Path) -> None:
    found = read(tmp_path, record(petId=TEXT, pet_id=TEXT, **{"pet-id": TEXT}))
    assert list(found.named["Thing"]["properties"]) == ["petId", "pet_id", "pet-id"]
    assert found.named["Thing"]["x-field-names"] == {"petId": "pet_id_2", "pet-id": "pet_id_3"}
    assert len([one for one in found.said if one.startswith("I011")]) == 2


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": "object"}, {"type": "array"}, {"type": "array", "items": {"type": "array", "items": TEXT}}, True,
     {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}, {"patternProperties": {"^x": TEXT}}],
)  # fmt: skip
def test_a_property_without_a_form_is_left_out_with_a_loss(tmp_path: Path, schema: Any) -> None:
    found = read(tmp_path, {**record(id=TEXT, extra=schema), "required": ["extra"]})
    assert found.named["Thing"] == record(id=TEXT)
    assert "I015 Thing.extra, which is required, is left out: it has no form in the language" in found.said


def test_a_union_by_its_discriminator_gives_each_arm_its_constant(tmp_path: Path) -> None:
    schema = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "petType", "mapping": {"cat": "#/components/schemas/Cat", "dog": "Dog"}},
    }
    found = read(tmp_path, schema, Cat=record(petType=TEXT, lives=TEXT), Dog=record(tail=TEXT))
    assert found.named["Thing"] == {"oneOf": [Ref("Cat"), Ref("Dog")]}
    assert found.named["Cat"] == {
        "type": "object",
        "required": ["petType"],
        "properties": {"petType": {"type": "string", "const": "cat"}, "lives": TEXT},
    }
    assert found.named["Dog"]["properties"] == {"petType": {"type": "string", "const": "dog"}, "tail": TEXT}


def test_texts_that_are_no_names_are_a_pattern_that_takes_them(tmp_path: Path) -> None:
    found = read(tmp_path, {"enum": ["NO", "no"]})
    assert found.schema == {"type": "string", "pattern": "^(?:NO|no)$"}
    assert found.said == ["I014 the members of Thing are no names; it is a text with a pattern of them"]


def test_a_map_and_a_list_keep_their_counts(tmp_path: Path) -> None:
    assert read(tmp_path, {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 9}).schema == {
        "type": "array",
        "items": TEXT,
        "minItems": 1,
        "maxItems": 9,
    }
    assert read(tmp_path, {"additionalProperties": TEXT, "maxProperties": 4}).schema == {
        "type": "object",
        "additionalProperties": TEXT,
        "maxProperties": 4,
    }


def test_null_among_items_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, {"type": "array", "items": {"type": ["string", "null"]}})
    assert found.schema == {"type": "array", "items": TEXT}
    assert found.said == ["I013 an item of Thing is never null"]


@pytest.mark.parametrize(
    ("schema", "is_request", "member"),
    [({"type": "array", "items": TEXT}, False, "items"), ({"additionalProperties": TEXT}, False, "entries"), (TEXT, True, "value"), ({"enum": ["a", "b"]}, False, "value")],
)  # fmt: skip
def test_a_message_is_a_record_and_anything_else_stands_in_one(
    tmp_path: Path, schema: Any, is_request: bool, member: str
) -> None:
    types, source = types_of(tmp_path, openapi(schemas={"Thing": schema}))
    node = mapping(source.root, "components", "schemas", "Thing")
    assert node is not None
    found = types.message(node, "the answer", "GetThingResult", is_request=is_request)
    assert list(types.schemas[found.name]["properties"]) == [member]
    assert any(f"stands in a record as its {member!r}" in one for one in said(types.losses))


def test_a_body_and_an_answer_are_never_null(tmp_path: Path) -> None:
    types, source = types_of(tmp_path, openapi(schemas={"A": {"anyOf": [{"type": "string"}, {"type": "null"}]}}))
    node = mapping(source.root, "components", "schemas", "A")
    assert node is not None
    types.message(node, "the answer 200 of GET /a", "GetAResult", is_request=False)
    assert "I013 the answer 200 of GET /a is never null" in said(types.losses)


def test_further_properties_beside_those_that_are_named_are_said(tmp_path: Path) -> None:
    found = read(tmp_path, {**record(id=TEXT), "additionalProperties": {"type": "integer"}})
    assert "I015 Thing has no further properties beside those it names" in found.said


def test_a_base_with_a_discriminator_is_only_itself(tmp_path: Path) -> None:
    found = read(tmp_path, {**record(kind=TEXT), "discriminator": {"propertyName": "kind"}})
    assert "I014 Thing is only what it says itself, and not the records that its discriminator names" in found.said

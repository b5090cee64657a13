"""A place in a value knows all that a document says of it, through references and branches."""

from __future__ import annotations

from proof.documents import Json
from proof.traffic.schema import Schema

DOCUMENT: Json = {
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "properties": {"id": {"type": "integer"}, "born": {"type": "string", "format": "date-time"}},
            },
            "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"lives": {"const": 9}}}]},
            "Any": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Pet"}]},
            "Loop": {
                "properties": {"next": {"$ref": "#/components/schemas/Loop"}},
                "$ref": "#/components/schemas/Loop",
            },
        }
    }
}


def at(name: str) -> Schema:
    return Schema.of(DOCUMENT, {"$ref": f"#/components/schemas/{name}"})


def test_members_come_from_every_part_and_branch() -> None:
    assert at("Cat").member("born").formats == {"date-time"}
    assert at("Any").member("lives").is_fixed
    assert at("Cat").declares("id")
    assert not at("Cat").declares("colour")


def test_a_place_keeps_the_names_of_its_shared_schemas() -> None:
    assert at("Any").names == ("Any", "Cat", "Pet", "Pet")
    assert at("Pet").member("id").names == ()


def test_items_and_maps_have_what_is_said_of_all() -> None:
    listed = Schema.of(DOCUMENT, {"items": {"$ref": "#/components/schemas/Pet"}})
    assert listed.item().names == ("Pet",)
    mapped = Schema.of(DOCUMENT, {"additionalProperties": {"x-sensitive": True}})
    assert mapped.member("anything").says("x-sensitive")
    assert mapped.declares("anything")


def test_where_nothing_is_said_nothing_is_known() -> None:
    nothing = Schema.of(DOCUMENT, None, True, {"$ref": "#/no/such/place"})
    assert nothing.parts == ()
    assert nothing.member("a").item().formats == frozenset()
    assert at("Loop").parts == ()

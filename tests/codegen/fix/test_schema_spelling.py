"""Proto's types in the schema's words: what proto leaves open is left open, what it cannot say gets no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codegen.diagnostics import NOWHERE
from codegen.fix.schema_spelling import enum_text, is_required, member_name, property_of, record_text
from codegen.parse.proto import ProtoEnum, ProtoField

NAME = ProtoField("name", 1, "string", "", repeated=False, optional=False, oneof=None, place=NOWHERE)
ARTIST = replace(NAME, kind="message", type_name="Artist")


def refer(name: str) -> str | None:
    return "{$ref: '#/Artist'}" if name == "Artist" else None


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (NAME, "{type: string}"),
        (replace(NAME, kind="int64"), "{type: integer, format: int64}"),
        (replace(NAME, kind="bytes"), "{type: string, contentEncoding: base64}"),
        (
            replace(NAME, kind="message", type_name="google.protobuf.Timestamp"),
            "{type: string, format: date-time}",
        ),
        (ARTIST, "{$ref: '#/Artist'}"),
        (replace(ARTIST, repeated=True), "{type: array, items: {$ref: '#/Artist'}, default: []}"),
        (
            replace(NAME, kind="map", map_value=ARTIST),
            "{type: object, additionalProperties: {$ref: '#/Artist'}, default: {}}",
        ),
        (replace(ARTIST, type_name="Stranger"), None),
        (replace(NAME, kind="uint32"), None),
        (replace(NAME, kind="float"), None),
        (replace(NAME, oneof="choice"), None),
        (replace(NAME, name="class"), None),
        (replace(NAME, name="model_fields"), None),
    ],
)
def test_a_field_has_one_property_or_none(one: ProtoField, said: str | None) -> None:
    assert property_of(one, refer) == said


def test_what_proto_cannot_leave_out_is_required() -> None:
    assert is_required(NAME)
    assert not is_required(replace(NAME, optional=True))
    assert not is_required(replace(NAME, repeated=True))


def test_a_record_is_a_block_and_an_empty_one_a_line() -> None:
    text = record_text("Tag", {"name": "{type: string}"}, ["name"])
    assert text == "Tag:\n  type: object\n  required: [name]\n  properties:\n    name: {type: string}\n"
    assert record_text("Nothing", {}, []) == "Nothing: {type: object, properties: {}}\n"


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ((("LAMP_UNSPECIFIED", 0), ("LAMP_ON", 1), ("LAMP_DIM", 2)), "Lamp: {type: string, enum: ['on', dim]}\n"),
        (
            (("LAMP_OFF", 0), ("LAMP_VERY_DIM", 5)),
            "Lamp: {type: integer, format: int32, enum: [0, 5], x-enum-names: ['off', very_dim]}\n",
        ),
        ((("LAMP_UNSPECIFIED", 0), ("LAMP_VERY_DIM", 1)), None),
        ((("LAMP_UNSPECIFIED", 0), ("BULB", 1)), None),
        ((("LAMP_UNSPECIFIED", 0),), None),
    ],
)
def test_an_enum_is_of_texts_or_of_numbers(members: tuple[tuple[str, int], ...], text: str | None) -> None:
    assert enum_text(ProtoEnum("Lamp", members, NOWHERE)) == text


def test_a_text_with_an_underscore_could_have_a_hyphen() -> None:
    assert member_name("Colour", "COLOUR_DARK_BLUE", is_text=True) is None
    assert member_name("Colour", "COLOUR_DARK_BLUE", is_text=False) == "dark_blue"

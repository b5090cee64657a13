"""Field by field, the schema and the message are the same fact, or both places are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.compiled import SERVICE, both_ways, composed
from tests.codegen.contracts import edited, rules

PROTO, SCHEMA = "proto/artists.proto", "schemas/artist.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        (PROTO, "  rpc GetArtist(GetArtistRequest) returns (Artist);\n", "", "X001"),
        (PROTO, "rpc GetArtist(GetArtistRequest)", "rpc GetArtist(GetArtistsRequest)", "X003"),
        (PROTO, "rpc GetArtist(GetArtistRequest) returns (Artist)", "rpc GetArtist(GetArtistRequest) returns (ArtistList)", "X004"),
        (PROTO, "message ArtistCreated {", "message ArtistMade {", "X005"),
        ("proto/audit_log.proto", "enum AuditDoor {", "enum AuditGate {", "P001"),
        (PROTO, "service ArtistsService {\n", "service ArtistsService {\n  rpc CountArtists(GetArtistsRequest) returns (Artist);\n", "X007"),
        (SCHEMA, "    name: {$ref: '#/ArtistName'}\n    bio", "    name: {$ref: '#/ArtistName'}\n    shelf: {type: string}\n    bio", "X010"),
        (PROTO, "  int64 version = 7;\n", "  int64 version = 7;\n  string shelf = 8;\n", "X011"),
        (PROTO, "  int64 id = 1;", "  int32 id = 1;", "X012"),
        (PROTO, "  google.protobuf.Timestamp created_at = 5;", "  string created_at = 5;", "X012"),
        (PROTO, "  optional string bio = 3;", "  string bio = 3;", "X013"),
        (PROTO, "  string name = 2;", "  repeated string name = 2;", "X014"),
        (PROTO, "  string name = 2;", "  map<string, string> name = 2;", "X015"),
        ("proto/audit_log.proto", "  AUDIT_OUTCOME_ERROR = 3;\n", "", "X016"),
        ("proto/envelope.proto", "RSP_CODE_TIMEOUT = 8", "RSP_CODE_TIMEOUT = 18", "X019"),
    ],
)  # fmt: skip
def test_a_difference_is_named_by_its_rule(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    loaded = edited(tmp_path, (file, old, new))
    assert rule in {one.rule for one in loaded.findings}, loaded.report()


def test_both_places_are_in_the_finding(tmp_path: Path) -> None:
    loaded = edited(tmp_path, (PROTO, "  int64 id = 1;", "  int32 id = 1;"))
    finding = next(one for one in loaded.findings if one.rule == "X012")
    assert finding.place.file == "specs/schemas/artist.yaml"
    assert finding.other
    assert finding.other.file == "specs/proto/artists.proto"
    assert "2147483647" in finding.notes[0]


def test_the_arms_of_a_union_are_the_members_of_the_oneof(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("proto/things.proto", "    Square square = 2;\n", ""), case="p17_union")
    assert "X018" in {one.rule for one in loaded.findings}, loaded.report()


ARMS = """
Shape: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/BigSquare'}]}
Circle:
  type: object
  required: [kind]
  properties: {kind: {type: string, const: circle}}
BigSquare:
  type: object
  required: [kind]
  properties: {kind: {type: string, const: big-square}}
"""
KINDS = """
Colour: {type: string, enum: [red, dark-blue]}
Level: {type: integer, format: int32, enum: [0, 7], x-enum-names: [low, high]}
"""
FIELDS = """
shape: {$ref: '#/Shape'}
colours: {type: array, items: {$ref: '#/Colour'}}
levels: {type: object, additionalProperties: {$ref: '#/Level'}}
texts: {type: object, additionalProperties: {type: string, format: date}}
"""
MEMBERS = """  Shape shape = 1;
  repeated Colour colours = 2;
  map<string, Level> levels = 3;
  map<string, string> texts = 4;
"""
PROTO_OF = f"""{SERVICE}message SendThingRequest {{
{MEMBERS}}}
message Thing {{
{MEMBERS}}}
message Shape {{ oneof value {{ Circle circle = 1; BigSquare big_square = 2; }} }}
message Circle {{ string kind = 1; }}
message BigSquare {{ string kind = 1; }}
enum Colour {{ COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1; COLOUR_DARK_BLUE = 2; }}
enum Level {{ LEVEL_LOW = 0; LEVEL_HIGH = 7; }}
"""


def rules_of(folder: Path, old: str = "", new: str = "") -> set[str]:
    """What is found where the proto of every rare kind has `new` for `old`."""
    assert old in PROTO_OF
    schemas = both_ways(FIELDS, ARMS + KINDS, required="shape, colours, levels, texts")
    return rules(composed(folder, schemas, PROTO_OF.replace(old, new)))


def test_arms_lists_of_members_and_maps_agree_as_the_table_says(tmp_path: Path) -> None:
    assert rules_of(tmp_path) == set()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("BigSquare big_square = 2;", "Circle big_square = 2;", "X018"),
        ("BigSquare big_square = 2;", "BigSquare square = 2;", "X018"),
        ("BigSquare big_square = 2;", "BigSquare big_square = 2; Circle third = 3;", "X018"),
        ("repeated Colour colours", "repeated string colours", "X012"),
        ("repeated Colour colours", "Colour colours", "X014"),
        ("map<string, Level> levels", "map<string, int32> levels", "X012"),
        ("map<string, Level> levels", "repeated Level levels", "X015"),
        ("map<string, string> texts", "map<string, google.protobuf.Timestamp> texts", "P001"),
        ("LEVEL_HIGH = 7", "LEVEL_HIGH = 8", "X017"),
        ("COLOUR_DARK_BLUE = 2", "COLOUR_BLUE = 2", "X016"),
        ("COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1", "COLOUR_RED = 0", "X016"),
        ("COLOUR_DARK_BLUE = 2;", "COLOUR_DARK_BLUE = 2; COLOUR_NEW = 3;", "X016"),
        ("  Shape shape = 1;", "  optional Colour shape = 1;", "X012"),
        ("  Shape shape = 1;\n  repeated", "  oneof it { Shape shape = 1; }\n  repeated", "X020"),
    ],
)
def test_a_rare_kind_that_differs_is_named_by_its_rule(tmp_path: Path, old: str, new: str, rule: str) -> None:
    assert rule in rules_of(tmp_path, old, new)


def test_a_feature_keeps_its_name_in_proto(tmp_path: Path) -> None:
    schemas = both_ways("text: {type: string}")
    fields = "{ optional string text = 1; }"
    moved = (
        "proto/others.proto",
        "",
        f'syntax = "proto3";\npackage stele.v1;\n{SERVICE}message SendThingRequest {fields}\nmessage Thing {fields}\n',
    )
    assert "X002" in rules(composed(tmp_path, schemas, "", moved))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("COLOUR_UNSPECIFIED = 0; COLOUR_RED = 1;", "COLOUR_RED = 0; COLOUR_UNSPECIFIED = 1;"),
        ("oneof value { Circle circle = 1; BigSquare", "oneof value { Circle circle = 1; } oneof other { BigSquare"),
        ("message Shape { oneof", "message Shape { string colour = 9; oneof"),
    ],
    ids=["zero is a member", "two arms at once", "a field beside the arms"],
)  # fmt: skip
def test_what_would_read_absent_as_a_value_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert {rule for rule in rules_of(tmp_path, old, new) if rule.startswith("X")}


def test_keys_of_a_map_are_texts_in_proto_too(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("proto/things.proto", "map<string, int64> counts = 7", "map<int32, int64> counts = 7"),
        case="p51_everything",
    )
    assert rules(loaded) == {"X015"}


def test_a_finding_has_the_names_that_stand_at_its_places(tmp_path: Path) -> None:
    """JSON's in the schema, code's in proto."""
    other = ("proto/things.proto", "  string type = 3;", "  int32 type = 3;")
    lacking = ("proto/things.proto", "  optional google.protobuf.Timestamp made_at = 6;\n", "")
    message = edited(tmp_path, other, lacking, case="p82_json_names").report()
    assert "Thing.@type is string,\n" in message
    assert "Thing.type is int32" in message
    assert "fix: make Thing.type string in proto" in message
    assert "Thing has the field 'madeAt'" in message

"""Values and messages convert both ways without loss; the laws are run on every case in test_cases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from generated import wire
from generated.proto import artists_pb2, audit_log_pb2
from generated.results import Artist
from generated.wire import CODECS
from tests.codegen.compiled import SERVICE, ask, both_ways, compiled

AT = datetime(2024, 2, 29, 12, 30, 45, 123456, tzinfo=UTC)
FULL = Artist(id=2**53 - 1, name="Å", bio="b", born_on=date(1815, 12, 10), created_at=AT, updated_at=AT, version=3)
BARE = Artist(id=1, name="", bio=None, born_on=None, created_at=AT, updated_at=AT, version=1)

UNION = """
Shape: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/BigSquare'}]}
Circle:
  type: object
  required: [kind]
  properties:
    kind: {type: string, const: circle}
    radius: {type: number}
BigSquare:
  type: object
  required: [kind, side]
  properties:
    kind: {type: string, const: big-square}
    side: {type: integer, format: int32}
"""
INNER = """
Inner:
  type: object
  required: [name, shape]
  properties:
    name: {type: string}
    shape: {$ref: '#/Shape'}
    level: {$ref: '#/Level'}
    ends: {type: string, format: date-time}
"""
ENUMS = """
Colour: {type: string, enum: [red, dark-blue]}
Level: {type: integer, format: int32, enum: [0, 7], x-enum-names: [low, high]}
"""
FIELDS = """
shape: {$ref: '#/Shape'}
colours: {type: array, items: {$ref: '#/Colour'}}
inner: {$ref: '#/Inner'}
inners: {type: array, items: {$ref: '#/Inner'}, default: []}
by_name: {type: object, additionalProperties: {$ref: '#/Inner'}, default: {}}
shapes: {type: array, items: {$ref: '#/Shape'}, default: []}
shape_of: {type: object, additionalProperties: {$ref: '#/Shape'}, default: {}}
level_of: {type: object, additionalProperties: {$ref: '#/Level'}, default: {}}
moments: {type: array, items: {type: string, format: date-time}, default: []}
spans: {type: object, additionalProperties: {type: string, format: duration}, default: {}}
days: {type: object, additionalProperties: {type: string, format: date}, default: {}}
keys: {type: array, items: {type: string, format: uuid}, default: []}
lasts: {type: string, format: duration}
price: {type: string, format: decimal}
blob: {type: string, contentEncoding: base64}
note: {oneOf: [{$ref: '#/Inner'}, {type: 'null'}], default: null}
"""
ONE = {"name": "Å", "shape": {"kind": "big-square", "side": -1}, "level": 0, "ends": "1969-12-31T23:59:59.999999Z"}
NEEDED = {"shape": {"kind": "circle"}, "colours": ["dark-blue", "red"]}
VALUES: dict[str, dict[str, object]] = {
    "an arm without its optional field": {},
    "an arm with zero in its optional field": {"shape": {"kind": "circle", "radius": 0.0}},
    "a nested record with an arm": {"inner": ONE},
    "a list of nested records": {"inners": [ONE, {"name": "", "shape": {"kind": "circle", "radius": 1.5}}]},
    "a map of nested records": {"by_name": {"": ONE, "ö 2": {"name": "b", "shape": {"kind": "circle"}}}},
    "a list of arms": {"shapes": [{"kind": "circle"}, {"kind": "big-square", "side": 0}]},
    "a map of arms": {"shape_of": {"a": {"kind": "circle"}, "b": {"kind": "big-square", "side": 5}}},
    "a map of numbered members": {"level_of": {"a": 0, "b": 7}},
    "moments around the epoch": {"moments": ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]},
    "a map of durations": {"spans": {"none": "P0D", "a": "PT0.000001S", "b": "P999999D"}},
    "a map of days": {"days": {"a": "0001-01-01", "b": "9999-12-31"}},
    "keys": {"keys": ["0f8fad5b-d9cb-469f-a165-70867728950e"]},
    "a duration of nothing": {"lasts": "P0D"},
    "a decimal with its zeros": {"price": "-0.500"},
    "no bytes": {"blob": ""},
    "all bytes": {"blob": "AP8Q"},
    "null for a nested record": {"note": None},
    "a nested record where null may stand": {"note": ONE},
}
WRONG = {
    "no arm is set": "message.shape.Clear()",
    "an arm inside lacks a message of its own": "message.inner.name = 'x'",
    "an unknown member in a list": "message.colours.append(99)",
    "the unset member in a list": "message.colours.append(0)",
    "an unknown member in a map": "message.level_of['a'] = 99",
    "an arm that is not set in a map": "message.shape_of['a'].SetInParent()",
    "an arm that is not set in a list": "message.shapes.add()",
    "a moment beyond the calendar": "message.moments.add().seconds = 2**60",
    "nanos beyond a second": "message.moments.add().nanos = 10**9",
    "a duration beyond all bounds": "message.lasts.seconds = 2**62",
    "a day that is none": "message.days['a'] = '86400'",
    "a key in braces": "message.keys.append('{0f8fad5b-d9cb-469f-a165-70867728950e}')",
    "a decimal with an exponent": "message.price = '1e5'",
}
LAWS = """
answer = {
    "requests": {name: through_message(value) for name, value in given["values"].items()},
    "answers": {name: answer_through_message(value) for name, value in given["values"].items()},
    "wrong": {},
}
for name, code in given["wrong"].items():
    message = pb.SendThingRequest()
    message.shape.circle.SetInParent()
    exec(code)
    answer["wrong"][name] = outcome(codec.decode_protobuf, message.SerializeToString())
message = pb.SendThingRequest()
message.shape.circle.kind = "big-square"
answer["arm"] = repr(codec.decode_protobuf(message.SerializeToString()).shape)
answer["absent"] = repr(codec.decode_protobuf(message.SerializeToString()).inner)
"""


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One contract with every kind in every place, asked once."""
    schemas = both_ways(FIELDS, UNION + INNER + ENUMS, required="shape, colours")
    folder = compiled(tmp_path_factory.mktemp("laws"), schemas)
    values = {name: NEEDED | value for name, value in VALUES.items()}
    return ask(folder, LAWS, {"values": values, "wrong": WRONG})


@pytest.mark.parametrize("name", VALUES)
def test_a_request_survives_the_message(laws: Any, name: str) -> None:
    before, after = laws["requests"][name]
    assert before == after


@pytest.mark.parametrize("name", VALUES)
def test_an_answer_survives_the_message(laws: Any, name: str) -> None:
    before, after, _ = laws["answers"][name]
    assert before == after


@pytest.mark.parametrize("name", WRONG)
def test_a_message_that_the_contract_does_not_allow_is_refused(laws: Any, name: str) -> None:
    assert laws["wrong"][name] in ("ValidationError", "ValueError")


def test_the_arm_that_is_set_counts_and_not_the_text_of_its_tag(laws: Any) -> None:
    assert laws["arm"] == "Circle(kind='circle', radius=None)"
    assert laws["absent"] == "None"


PART = """
Part:
  type: object
  properties: {text: {type: string}}
"""
KIND = "Kind: {type: string, enum: [red, green]}"
TAGGED = """
Move: {{oneOf: [{{$ref: '#/Come'}}, {{$ref: '#/Go'}}]}}
Come:
  type: object
  required: [kind]
  properties: {{kind: {{type: string, const: {0}}}}}
Go:
  type: object
  required: [kind]
  properties: {{kind: {{type: string, const: export}}}}
"""
SHARED = """
Left: {oneOf: [{$ref: '#/Both'}, {$ref: '#/One'}]}
Right: {oneOf: [{$ref: '#/Both'}, {$ref: '#/Two'}]}
Both:
  type: object
  required: [kind, sort]
  properties: {kind: {type: string, const: both}, sort: {type: string, const: both}}
One:
  type: object
  required: [kind]
  properties: {kind: {type: string, const: one}}
Two:
  type: object
  required: [sort]
  properties: {sort: {type: string, const: two}}
"""
NAMED = "SendThing:\n  type: object\n  required: [text]\n  properties: {text: {type: string}}\n"
NESTED = """
message SendThingRequest { optional Thing.Kind kind = 1; }
message Thing { enum Kind { KIND_UNSPECIFIED = 0; KIND_RED = 1; KIND_GREEN = 2; } optional Kind kind = 1; }
"""
OTHER_FILE = (
    "proto/shared-types.proto",
    "",
    'syntax = "proto3";\npackage stele.v1;\nenum Kind { KIND_UNSPECIFIED = 0; KIND_RED = 1; KIND_GREEN = 2; }\n',
)
RARE: dict[str, tuple[str, str | None, dict[str, object], tuple[tuple[str, str, str], ...]]] = {
    "an optional record without its fields": (both_ways("part: {$ref: '#/Part'}", PART), None, {"part": {}}, ()),
    "a required record without its fields": (
        both_ways("part: {$ref: '#/Part'}", PART, "part"), None, {"part": {}}, (),
    ),
    "null for a text whose default is another": (
        both_ways("text: {type: [string, 'null'], default: x}"), None, {"text": None}, (),
    ),
    "a list with a default, left out": (
        both_ways("texts: {type: array, minItems: 1, items: {type: string}, default: []}"), None, {}, (),
    ),
    "a tag that is a word of Python": (
        both_ways("move: {$ref: '#/Move'}", TAGGED.format("import")), None, {"move": {"kind": "import"}}, (),
    ),
    "a record in two unions": (
        both_ways("left: {$ref: '#/Left'}\nright: {$ref: '#/Right'}", SHARED), None,
        {"left": {"kind": "both", "sort": "both"}}, (),
    ),
    "a record called like the operation": (
        both_ways("part: {$ref: '#/SendThing'}", NAMED), None, {"part": {"text": "a"}}, (),
    ),
    "a number called unspecified": (
        both_ways("k: {$ref: '#/Kind'}", "Kind: {type: integer, format: int32, enum: [0, 1], x-enum-names: [unspecified, on]}"),
        None, {"k": 1}, (),
    ),
    "an enum inside of a message": (
        both_ways("kind: {$ref: '#/Kind'}", KIND), SERVICE + NESTED, {"kind": "red"}, (),
    ),
    "a proto file with a hyphen": (
        both_ways("kind: {$ref: '#/Kind'}", KIND),
        'import "shared-types.proto";\n' + SERVICE
        + "message SendThingRequest { optional Kind kind = 1; }\nmessage Thing { optional Kind kind = 1; }\n",
        {"kind": "red"}, (OTHER_FILE,),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RARE)
def test_a_rare_contract_is_refused_or_its_values_survive(tmp_path: Path, name: str) -> None:
    schemas, proto, value, edits = RARE[name]
    folder = compiled(tmp_path, schemas, proto, *edits)
    if folder is not None:
        request, answer = ask(folder, "answer = [through_message(given), answer_through_message(given)[:2]]", value)
        assert request[0] == request[1]
        assert answer[0] == answer[1]


def test_a_negative_duration_is_refused_at_both_doors(tmp_path: Path) -> None:
    folder = compiled(tmp_path, both_ways("lasts: {type: string, format: duration}"))
    code = "message = pb.SendThingRequest()\nmessage.lasts.seconds = -5\n"
    code += 'answer = [outcome(codec.decode_json, b\'{"lasts":"-PT5S"}\'), outcome(codec.decode_protobuf, message.SerializeToString())]'
    assert ask(folder, code) == ["ValidationError", "ValidationError"]


@pytest.mark.parametrize("artist", [FULL, BARE])
def test_an_artist_survives_the_message(artist: Artist) -> None:
    message = artists_pb2.Artist()
    wire.write_artist(message, artist)
    assert wire.read_artist(artists_pb2.Artist.FromString(message.SerializeToString())) == artist


def test_a_message_is_judged_by_the_same_model_as_json() -> None:
    codec = CODECS["create_artist"]
    with pytest.raises(ValidationError):
        codec.decode_protobuf(artists_pb2.CreateArtistRequest(name="x" * 201).SerializeToString())
    with pytest.raises(ValidationError):
        codec.decode_protobuf(artists_pb2.CreateArtistRequest(name="x", born_on="yesterday").SerializeToString())


def test_the_unset_member_of_an_enum_is_refused_in_a_request() -> None:
    message = audit_log_pb2.GetAuditLogsRequest(outcome=audit_log_pb2.AUDIT_OUTCOME_UNSPECIFIED)
    with pytest.raises(ValidationError):
        CODECS["get_audit_logs"].decode_protobuf(message.SerializeToString())


def test_an_event_is_found_by_its_type() -> None:
    assert [event.name for event in wire.EVENT_OF.values()] == ["artist_created", "artist_updated"]


WRAPPED = """
text: {type: [string, 'null'], default: null}
count: {type: integer, format: int32, default: 5}
is_on: {type: boolean}
data: {type: string, contentEncoding: base64}
price: {type: string, format: decimal}
"""
MEMBERS = (
    "google.protobuf.StringValue text = 1; google.protobuf.Int32Value count = 2; google.protobuf.BoolValue is_on = 3; "
    "google.protobuf.BytesValue data = 4; optional google.protobuf.StringValue price = 5;"
)
WRAPPERS = (
    'import "google/protobuf/wrappers.proto";\n' + SERVICE
    + f"message SendThingRequest {{ {MEMBERS} }}\nmessage Thing {{ {MEMBERS} }}\n"
)  # fmt: skip


@pytest.fixture(scope="module")
def wrapped(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    return compiled(tmp_path_factory.mktemp("wrapped"), both_ways(WRAPPED), WRAPPERS)


@pytest.mark.parametrize(
    "value", [{}, {"text": "", "count": 0, "is_on": False, "data": "", "price": "0"}, {"text": None, "count": 7}]
)
def test_a_wrapper_is_an_optional_scalar_and_keeps_its_zero(wrapped: Path | None, value: dict[str, object]) -> None:
    code = "answer = [through_message(given), answer_through_message(given)[:2], answer_through_message(given)[2]]"
    (before, after), (answer, read), written = ask(wrapped, code, value)
    assert before == after
    assert answer == read
    assert written.items() >= value.items()


def test_an_empty_wrapper_is_zero_and_no_wrapper_is_absent(wrapped: Path | None) -> None:
    code = """message = pb.SendThingRequest()
message.count.SetInParent()
answer = [repr(codec.decode_protobuf(message.SerializeToString())), repr(codec.decode_protobuf(b""))]"""
    empty, absent = ask(wrapped, code)
    assert "text=None, count=0, is_on=None" in empty
    assert "text=None, count=5, is_on=None" in absent

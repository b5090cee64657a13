"""What comes in is strict, closed and frozen, at any depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from generated.models import CreateArtistRequest, GetPaginatedArtistsRequest
from tests.codegen.compiled import ask, both_ways, compiled
from tests.codegen.contracts import shipped_files

SCHEMAS = both_ways(
    """
shape: {$ref: '#/Shape'}
colours: {type: array, maxItems: 2, items: {$ref: '#/Colour'}}
counts: {type: object, maxProperties: 1, additionalProperties: {type: integer, format: int32, maximum: 9}, default: {}}
inner: {$ref: '#/Inner'}
inners: {type: array, items: {$ref: '#/Inner'}, default: []}
level: {$ref: '#/Level'}
many: {type: integer, format: int32, minimum: 1, maximum: 5, default: 3}
text: {type: [string, 'null'], minLength: 1, maxLength: 2, default: null}
code: {type: string, pattern: '^[a-z]+$'}
ratio: {type: number, minimum: 0, maximum: 1}
at: {type: string, format: date-time}
lasts: {type: string, format: duration}
blob: {type: string, contentEncoding: base64, maxLength: 4}
same: {type: string, const: same}
""",
    """
Shape: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}]}
Circle:
  type: object
  required: [kind]
  properties: {kind: {type: string, const: circle}, radius: {type: number}}
Square:
  type: object
  required: [kind, side]
  properties: {kind: {type: string, const: square}, side: {type: integer, format: int32}}
Inner:
  type: object
  required: [name]
  properties: {name: {type: string}, shape: {$ref: '#/Shape'}}
Colour: {type: string, enum: [red, green]}
Level: {type: integer, format: int32, enum: [0, 7], x-enum-names: [low, high]}
""",
    required="shape, colours",
)
GOOD: dict[str, dict[str, object]] = {
    "the least": {},
    "all of it": {
        "shape": {"kind": "square", "side": 1}, "colours": ["red", "green"], "counts": {"a": 9}, "level": 7, "many": 5,
        "inner": {"name": "a", "shape": {"kind": "circle", "radius": 1}}, "inners": [{"name": ""}], "text": "😀😀",
        "code": "a", "ratio": 1, "at": "2024-01-01t00:00:00+01:00", "lasts": "P1DT2H", "blob": "AAEC", "same": "same",
    },
    "null where it may stand": {"text": None},
}  # fmt: skip
REFUSED: dict[str, dict[str, object]] = {
    "no tag": {"shape": {}},
    "another tag": {"shape": {"kind": "hexagon"}},
    "a field of the other arm": {"shape": {"kind": "circle", "side": 1}},
    "an arm without its field": {"shape": {"kind": "square"}},
    "an arm that is a list": {"shape": []},
    "a stranger": {"extra": 1},
    "a stranger inside": {"inner": {"name": "a", "extra": 1}},
    "a stranger in a list": {"inners": [{"name": "a"}, {"name": "b", "extra": 1}]},
    "an arm inside that is wrong": {"inner": {"name": "a", "shape": {"kind": "square", "side": "1"}}},
    "an unknown member": {"colours": ["blue"]},
    "a member by its name": {"colours": ["RED"]},
    "too many members": {"colours": ["red", "red", "red"]},
    "null in a list": {"colours": [None]},
    "null for a list": {"inners": None},
    "null for a map": {"counts": None},
    "null for a record": {"inner": None},
    "null for an enum": {"level": None},
    "null for a number with a default": {"many": None},
    "a value of a map above its bound": {"counts": {"a": 10}},
    "too many entries": {"counts": {"a": 1, "b": 2}},
    "a number that is no member": {"level": 1},
    "a number as text": {"many": "3"},
    "a flag for a number": {"many": True},
    "a number beyond its bound": {"many": 6},
    "too long": {"text": "abc"},
    "too short": {"text": ""},
    "not the pattern": {"code": "A"},
    "a ratio above one": {"ratio": 1.1},
    "a moment without its offset": {"at": "2024-01-01T00:00:00"},
    "a moment as a number": {"at": 0},
    "a duration of months": {"lasts": "P1M"},
    "bytes beyond their bound": {"blob": "AAECAwQF"},
    "bytes without padding": {"blob": "AA"},
    "text that is not the constant": {"same": "other"},
    "NUL in a text": {"inner": {"name": "\0"}},
}
CODE = """
answer = {"good": {}, "refused": {}}
for name, value in given["good"].items():
    answer["good"][name] = outcome(codec.decode_json, json.dumps(value).encode()) == outcome(codec.decode_values, value)
    answer["good"][name] &= outcome(codec.decode_values, value) != "ValidationError"
for name, value in given["refused"].items():
    answer["refused"][name] = [outcome(codec.decode_json, json.dumps(value).encode()), outcome(codec.decode_values, value)]
answer["default"] = repr(codec.decode_values(given["good"]["the least"]))
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Any:
    least = {"shape": {"kind": "circle"}, "colours": []}
    given = {
        "good": {name: least | value for name, value in GOOD.items()},
        "refused": {name: least | value for name, value in REFUSED.items()},
    }
    return ask(compiled(tmp_path_factory.mktemp("models"), SCHEMAS), CODE, given)


@pytest.mark.parametrize("name", GOOD)
def test_what_the_schema_allows_is_the_same_model_from_bytes_and_from_values(judged: Any, name: str) -> None:
    assert judged["good"][name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_schema_refuses_is_refused_as_bytes_and_as_values(judged: Any, name: str) -> None:
    assert judged["refused"][name] == ["ValidationError", "ValidationError"]


def test_what_is_left_out_is_its_default_an_empty_collection_or_none(judged: Any) -> None:
    for part in ("counts={}", "inners=[]", "inner=None", "level=None", "many=3", "text=None", "same=None"):
        assert part in judged["default"]


def test_there_is_a_model_for_every_operation() -> None:
    text = shipped_files()["models.py"]
    assert text.count("Request(Request):") == 16


@pytest.mark.parametrize(
    "data",
    [
        b'{"name":"x","extra":1}',
        b'{"name":1}',
        b'{"name":"x","born_on":"86400"}',
        b'{"name":"x","born_on":0}',
        b"{}",
        b"[]",
    ],
)
def test_a_request_of_the_service_that_does_not_fit_is_refused(data: bytes) -> None:
    with pytest.raises(ValidationError):
        CreateArtistRequest.model_validate_json(data)


def test_absent_is_the_default_or_none_and_null_is_refused_where_it_is_not_allowed() -> None:
    empty = GetPaginatedArtistsRequest.model_validate_json(b"{}")
    assert (empty.page, empty.per_page, empty.name) == (1, 20, None)
    with pytest.raises(ValidationError):
        GetPaginatedArtistsRequest.model_validate_json(b'{"name":null}')
    assert CreateArtistRequest.model_validate_json(b'{"name":"x","bio":null}').bio is None


def test_a_request_cannot_be_changed() -> None:
    request = CreateArtistRequest(name="x")
    with pytest.raises(ValidationError):
        setattr(request, "name", "y")  # noqa: B010 - an assignment would not pass the type checker, which is the point
    assert request.name == "x"


@pytest.mark.parametrize(
    ("fields", "required", "value", "is_allowed"),
    [
        ("text: {type: [string, 'null'], default: x}", "", b'{"text":null}', True),
        ("text: {type: string, default: x}", "text", b"{}", False),
        ("text: {type: [string, 'null'], default: null}", "text", b"{}", False),
        ("level: {$ref: '#/Level'}", "", b'{"level":true}', False),
        ("level: {$ref: '#/Level'}", "", b'{"level":"1"}', False),
        ("text: {type: string, const: 5}", "", b'{"text":"other"}', False),
        ("key: {type: string, format: uuid, maxLength: 3}", "", b'{"key":"0f8fad5b-d9cb-469f-a165-70867728950e"}', False),
        (r"text: {type: string, pattern: '^\d$'}", "", '{"text":"\u0663"}'.encode(), False),
        (r"text: {type: string, pattern: '^a\Z'}", "", b'{"text":"a"}', True),
        ("text: {type: string, pattern: '^(?>a)$'}", "", b'{"text":"a"}', True),
    ],
    ids=["null beside a default", "required with a default", "required with a default of null", "a flag for a member",
         "text for a member", "a constant that is a number", "a bound beside a form", "digits of other scripts",
         "an end that Rust does not know", "a group that Rust does not know"],
)  # fmt: skip
def test_a_rare_schema_is_refused_or_judged_as_it_says(
    tmp_path: Path, fields: str, required: str, value: bytes, is_allowed: bool
) -> None:
    level = (
        "Level: {type: integer, format: int32, enum: [0, 1], x-enum-names: [low, high]}\n" if "Level" in fields else ""
    )
    folder = compiled(tmp_path, both_ways(fields, level, required))
    if folder is not None:
        found = ask(folder, "answer = outcome(codec.decode_json, given.encode())", value.decode())
        assert (found != "ValidationError") is is_allowed

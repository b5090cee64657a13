"""What goes out is looked at: what passes is one value in JSON and in protobuf. Wrong values of every field: `served_case.py`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.codegen.compiled import ask, both_ways, compiled

SCHEMAS = both_ways(
    """
needed: {type: string}
maybe: {type: string}
empty: {type: [string, 'null'], default: null}
whole: {type: integer, format: int32, default: 3}
part: {type: number, default: 0.5}
money: {type: string, format: decimal, default: '1'}
wait: {type: string, format: duration, default: PT1S}
key: {type: string, format: uuid}
raw: {type: string, contentEncoding: base64, default: ''}
texts: {type: array, items: {type: string}, default: []}
counts: {type: object, additionalProperties: {type: integer, format: int32}, default: {}}
same: {type: string, const: same}
colour: {$ref: '#/Colour'}
shape: {$ref: '#/Shape'}
""",
    """
Colour: {type: string, enum: [red, green]}
Shape: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}]}
Circle:
  type: object
  required: [kind, around]
  properties: {kind: {type: string, const: circle}, around: {type: array, items: {$ref: '#/Circle'}}}
Square:
  type: object
  required: [kind]
  properties: {kind: {type: string, const: square}}
""",
    required="needed, same, colour",
)
CODE = """
import enum
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

class Id(UUID): pass
class Word(enum.StrEnum): ONE = "one"
class Number(enum.IntEnum): ONE = 1

def fault(**fields):
    return codec.fault_of(results.Thing(**{"needed": "x", "colour": enums.Colour("red")} | fields))

circle, bad = results.Circle(around=[]), results.Circle(around=[None])
right = [
    fault(), fault(maybe="m", empty="e", key=Id(int=1), raw=b"x", texts=["a"], counts={"a": 1}, shape=results.Square()),
    fault(shape=results.Circle(around=[circle])), fault(needed=Word.ONE, whole=Number.ONE, part=1),
]
wrong = [
    fault(maybe=None), fault(empty=msgspec.UNSET), fault(whole=2**31), fault(part=float("nan")), fault(part=2**53 + 1),
    fault(part=True), fault(money=Decimal("Infinity")), fault(money=1.5), fault(wait=timedelta(-1)),
    fault(wait=timedelta.max), fault(key="0f8fad5b-d9cb-469f-a165-70867728950e"), fault(raw="text"), fault(texts=("a",)),
    fault(texts=["secret", 1]), fault(counts={"secret": "1"}), fault(counts={1: 1}), fault(same="other"),
    fault(colour="red"), fault(shape=results.Circle(around=[circle, bad])), codec.fault_of(results.Square()),
]
answer = [right, wrong]
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return ask(compiled(tmp_path_factory.mktemp("checks"), SCHEMAS), "import msgspec\n" + CODE)


def test_what_both_encoders_write_alike_passes(told: Any) -> None:
    assert told[0] == [None] * 4


def test_a_wrong_value_is_told_by_its_place_and_its_type_and_not_itself(told: Any) -> None:
    assert told[1] == [
        "/maybe: NoneType where string is due",
        "/empty: UnsetType where string is due",
        "/whole: int where integer(int32) is due",
        "/part: float where number(double) is due",
        "/part: int where number(double) is due",
        "/part: bool where number(double) is due",
        "/money: Decimal where string(decimal) is due",
        "/money: float where string(decimal) is due",
        "/wait: timedelta where string(duration) is due",
        "/wait: timedelta where string(duration) is due",
        "/key: str where string(uuid) is due",
        "/raw: str where string(base64) is due",
        "/texts: tuple where array of string is due",
        "/texts/*: int where string is due",
        "/counts/*: str where integer(int32) is due",
        "/counts: a key is no string",
        "/same: str where the constant is due",
        "/colour: str where Colour is due",
        "/shape/around/*/around/*: NoneType where Circle is due",
        ": Square where Thing is due",
    ]

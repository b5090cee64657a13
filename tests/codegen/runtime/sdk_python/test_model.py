"""Models keep what they do not know apart, and tell arms that they do not know."""

from __future__ import annotations

import pickle
from typing import Annotated

import pytest
from pydantic import Discriminator, Tag, TypeAdapter, ValidationError

from codegen.runtime.sdk_python.model import UNKNOWN, Base64, Model, Unknown, by_tag, fields_of


class Circle(Model):
    kind: str = "circle"
    radius: float
    data: Base64 = b""


Shape = Annotated[
    Annotated[Circle, Tag("circle")] | Annotated[Unknown, Tag(UNKNOWN)],
    Discriminator(by_tag("kind", ["circle"])),
]
SHAPE: TypeAdapter[Circle | Unknown] = TypeAdapter(Shape)


@pytest.mark.parametrize(
    "value", [{"kind": "star", "n": 1}, {"kind": ""}, {"kind": 5}, {"kind": None}, {}, {"kind": UNKNOWN}]
)
def test_an_arm_that_is_not_known_keeps_everything(value: dict[str, object]) -> None:
    found = SHAPE.validate_python(value)
    assert isinstance(found, Unknown)
    assert found.raw == value


def test_an_arm_that_is_known_is_judged() -> None:
    assert SHAPE.validate_python({"kind": "circle", "radius": 1}) == Circle(radius=1.0)
    assert SHAPE.validate_python(Circle(radius=1.0)) == Circle(radius=1.0)
    with pytest.raises(ValidationError, match="radius"):
        SHAPE.validate_python({"kind": "circle"})


@pytest.mark.parametrize("value", ["no base64", "YQ", "YQ==\n", "é"])
def test_bytes_are_base64_in_json(value: str) -> None:
    assert Circle.model_validate({"radius": 1, "data": "YQ=="}).data == b"a"
    assert Circle(radius=1, data=b"YQ==").data == b"YQ=="
    with pytest.raises(ValidationError, match="base64"):
        Circle.model_validate({"radius": 1, "data": value})


def test_a_model_is_not_changed_and_is_pickled_whole() -> None:
    circle = Circle.model_validate({"radius": 1, "more": [1]})
    with pytest.raises(ValidationError, match="frozen"):
        circle.radius = 2.0  # type: ignore[misc]  # that it is refused is the point
    again = pickle.loads(pickle.dumps(circle))
    assert (again, again.model_extra) == (circle, {"more": [1]})


def test_only_declared_fields_are_a_model_s_own() -> None:
    assert fields_of(Circle.model_validate({"radius": 1, "more": 2})) == {"kind": "circle", "radius": 1.0, "data": b""}
    with pytest.raises(ValueError, match="does not know"):
        fields_of(Unknown.model_validate({"kind": "star"}))

"""Where a finding stands is where the caller wrote the value, also inside of unions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import refusal_of
from generated.constraints import InPlace, MultipleOf


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Circle(Closed):
    kind: Literal["circle"]
    radius: Annotated[float, Field(ge=0), MultipleOf("0.5")]


class Square(Closed):
    kind: Literal["square"]
    side: int
    inner: Shape | None = None


Shape = Annotated[Circle | Square, Field(discriminator="kind"), InPlace()]
Square.model_rebuild()


class Drawing(Closed):
    shapes: list[Shape]
    named: dict[str, Shape] = {}


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({"shapes": [{"kind": "circle", "radius": -1.0}]}, ["/shapes/0/radius"]),
        ({"shapes": [{"kind": "circle", "radius": 0.3}]}, ["/shapes/0/radius"]),
        ({"shapes": [{"kind": "square"}]}, ["/shapes/0/side"]),
        ({"shapes": [{"kind": "square", "side": 1, "circle": 2}]}, ["/shapes/0/circle"]),
        ({"shapes": [{"kind": "oval"}]}, ["/shapes/0"]),
        ({"shapes": [{"side": 1}]}, ["/shapes/0"]),
        ({"shapes": [1]}, ["/shapes/0"]),
        (
            {"shapes": [{"kind": "square", "side": 1, "inner": {"kind": "square", "side": "x", "inner": {"kind": "circle", "radius": 0.3}}}]},
            ["/shapes/0/inner/side", "/shapes/0/inner/inner/radius"],
        ),
        ({"shapes": [], "named": {"circle": {"kind": "circle", "radius": "r", "more": 1}}}, ["/named/circle/radius", "/named/circle/more"]),
    ],
)  # fmt: skip
def test_a_finding_in_a_union_is_told_without_the_name_of_the_arm(given: dict[str, Any], pointers: list[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Drawing.model_validate(given)
    found = caught.value.errors(include_url=False, include_context=False, include_input=False)
    assert [one.pointer for one in refusal_of(found).errors] == pointers
    assert all(one["msg"] for one in found)


def test_what_fits_is_what_the_union_reads() -> None:
    square = {"kind": "square", "side": 1, "inner": {"kind": "circle", "radius": 0.5}}
    assert Drawing.model_validate({"shapes": [square]}).shapes[0] == Square(
        kind="square", side=1, inner=Circle(kind="circle", radius=0.5)
    )

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace
from generated.enums import Colour
from generated.scalars import DecimalText, NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Circle(Request):
    kind: Literal["circle"]
    radius: Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Square(Request):
    kind: Literal["square"]
    side: Annotated[int, Field(ge=-2147483648, le=2147483647)]


class ChangeThingRequest(Request):
    """Case change_thing."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]
    name: Annotated[str, Field(min_length=1, max_length=50, pattern="^[^\\x00]*$")]
    shape: Shape
    colour: Annotated[Annotated[Colour, Field(strict=False)] | None, NotNull()] = None
    price: Annotated[DecimalText | None, NotNull()] = None


class DropThingRequest(Request):
    """Case drop_thing."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]


class GetThingRequest(Request):
    """Case get_thing."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]


class GetThingsRequest(Request):
    """Case get_things."""

    page: Annotated[int, Field(ge=1, le=2147483647)] = 1
    name: Annotated[Annotated[str, Field(min_length=1, pattern="^[^\\x00]*$")] | None, NotNull()] = None
    colours: list[Annotated[Colour, Field(strict=False)]] = Field(default_factory=list)


class MakeThingRequest(Request):
    """Case make_thing."""

    name: Annotated[str, Field(min_length=1, max_length=50, pattern="^[^\\x00]*$")]
    shape: Shape
    colour: Annotated[Annotated[Colour, Field(strict=False)] | None, NotNull()] = None
    price: Annotated[DecimalText | None, NotNull()] = None


class PingRequest(Request):
    """Case ping."""


Shape = Annotated[Circle | Square, Field(discriminator="kind"), InPlace()]

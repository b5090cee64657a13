"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import AllDifferent, InPlace
from generated.enums import Level
from generated.scalars import DecimalText, Moment


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Circle(Request):
    kind: Literal["circle"]
    side: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 1


class Part(Request):
    size: Annotated[float, Field(allow_inf_nan=False)]
    notes: dict[str, Annotated[str, Field(pattern="^[^\\x00]*$")]]
    name: Annotated[str, Field(pattern="^[^\\x00]*$")] | None = None


class Square(Request):
    kind: Literal["square"]
    side: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 1


class SendThingRequest(Request):
    """Case send_thing."""

    tags: Annotated[
        Annotated[list[Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")]], Field(max_length=20)],
        AllDifferent(),
    ]
    shapes: Annotated[Annotated[list[Shape], Field(min_length=1)], AllDifferent()]
    counts: Annotated[list[Annotated[int, Field(ge=-2147483648, le=2147483647)]], AllDifferent()] = Field(
        default_factory=list
    )
    prices: Annotated[list[DecimalText], AllDifferent()] = Field(default_factory=list)
    moments: Annotated[list[Moment], AllDifferent()] = Field(default_factory=list)
    levels: Annotated[Annotated[list[Annotated[Level, Field(strict=False)]], Field(min_length=1)], AllDifferent()] = [
        Level("low")
    ]
    parts: Annotated[list[Part], AllDifferent()] = Field(default_factory=list)
    plain: list[Annotated[str, Field(pattern="^[^\\x00]*$")]] = Field(default_factory=list)


Shape = Annotated[Circle | Square, Field(discriminator="kind"), InPlace()]

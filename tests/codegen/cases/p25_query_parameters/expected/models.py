"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import Colour
from generated.scalars import Day, Moment, NotNull, UuidText


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class FindThingsRequest(Request):
    """Case find_things."""

    name: Annotated[Annotated[str, Field(min_length=1, pattern="^[^\\x00]*$")] | None, NotNull()] = None
    ids: list[Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)]] = Field(default_factory=list)
    colours: list[Annotated[Colour, Field(strict=False)]] = Field(default_factory=list)
    colour: Annotated[Annotated[Colour, Field(strict=False)] | None, NotNull()] = None
    flag: Annotated[bool | None, NotNull()] = None
    ratio: Annotated[Annotated[float, Field(ge=0.25, allow_inf_nan=False)] | None, NotNull()] = None
    since: Annotated[Moment | None, NotNull()] = None
    day: Annotated[Day | None, NotNull()] = None
    key: Annotated[UuidText | None, NotNull()] = None
    page: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 1

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import Colour


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class FindThingRequest(Request):
    """Case find_thing."""

    colour: Annotated[Colour, Field(strict=False)]
    x_source: Annotated[str, Field(max_length=20, pattern="^[a-z]+$")]
    x_depth: Annotated[int, Field(ge=0, le=2147483647)] = 3
    wanted: Annotated[list[Annotated[Colour, Field(strict=False)]], Field(max_length=5)] = Field(default_factory=list)
    tags: list[Annotated[str, Field(min_length=1, pattern="^[^\\x00]*$")]] = Field(default_factory=list)

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import Colour
from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class DeleteThingRequest(Request):
    """Case delete_thing."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]


class GetThingRequest(Request):
    """Case get_thing."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]


class PutThingRequest(Request):
    """Case put_thing."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]
    name: Annotated[str, Field(max_length=50, pattern="^[^\\x00]*$")]
    colour: Annotated[Colour, Field(strict=False)]
    expected_version: Annotated[Annotated[int, Field(ge=0, le=9007199254740991)] | None, NotNull()] = None
    notes: Annotated[list[Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")]], Field(max_length=5)] = Field(
        default_factory=list
    )

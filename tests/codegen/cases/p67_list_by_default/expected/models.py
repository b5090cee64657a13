"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    tags: Annotated[list[Annotated[str, Field(pattern="^[^\\x00]*$")]], Field(min_length=1, max_length=3)] = ["a"]
    rest: list[Annotated[str, Field(pattern="^[^\\x00]*$")]] = Field(default_factory=list)

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import Base64, Day, Moment, Span, UuidText


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    tags: Annotated[list[Annotated[str, Field(max_length=9, pattern="^[^\\x00]*$")]], Field(max_length=4)]
    keys: Annotated[list[UuidText], Field(min_length=1)]
    numbers: list[Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)]] = Field(default_factory=list)
    days: list[Day] = Field(default_factory=list)
    moments: list[Moment] = Field(default_factory=list)
    blobs: list[Base64] = Field(default_factory=list)
    spans: list[Span] = Field(default_factory=list)

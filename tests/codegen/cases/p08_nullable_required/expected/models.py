"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import Day, Moment


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    name: Annotated[str, Field(pattern="^[^\\x00]*$")] | None
    count: Annotated[int, Field(ge=-2147483648, le=2147483647)] | None
    day: Day | None
    at: Moment | None

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import Level
from generated.scalars import Day, Moment


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Part(Request):
    at: Moment | None


class SendThingRequest(Request):
    """Case send_thing."""

    name: Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")] | None
    level: Annotated[Level, Field(strict=False)] | None
    day: Day | None = None
    """When."""

    size: Annotated[float, Field(gt=0.0, allow_inf_nan=False)] | None = None
    part: Part | None = None

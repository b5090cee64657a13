"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import Day


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    name: Annotated[str, Field(pattern="^[^\\x00]*$")] = "anon"
    count: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 3
    flag: bool = True
    ratio: Annotated[float, Field(allow_inf_nan=False)] = 0.5
    day: Day = date.fromisoformat("2020-01-02")

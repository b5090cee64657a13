"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    small: Annotated[int, Field(ge=-2147483648, le=2147483647)]
    big: Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)]
    bounded: Annotated[int, Field(ge=-5, le=5)]
    wide: Annotated[Annotated[int, Field(ge=0, le=9007199254740991)] | None, NotNull()] = None

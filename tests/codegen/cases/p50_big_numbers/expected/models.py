"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    low: Annotated[int, Field(ge=-9223372036854775808, le=-1)]
    high: Annotated[int, Field(ge=1, le=9223372036854775807)]
    tiny: Annotated[Annotated[float, Field(ge=-1.5e-300, le=1.5e300, allow_inf_nan=False)] | None, NotNull()] = None

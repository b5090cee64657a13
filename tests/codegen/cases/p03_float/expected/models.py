"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    ratio: Annotated[float, Field(allow_inf_nan=False)]
    half: Annotated[Annotated[float, Field(ge=0.0, le=0.5, allow_inf_nan=False)] | None, NotNull()] = None

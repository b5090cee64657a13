"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import Base64, Day, Moment


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    labels: dict[str, Annotated[str, Field(pattern="^[^\\x00]*$")]]
    counts: dict[str, Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)]] = Field(
        default_factory=dict
    )
    days: dict[str, Day] = Field(default_factory=dict)
    moments: dict[str, Moment] = Field(default_factory=dict)
    blobs: Annotated[dict[str, Base64], Field(max_length=3)] = Field(default_factory=dict)

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class FindThingsRequest(Request):
    """Case find_things."""

    name: Annotated[str, Field(pattern="^[^\\x00]*$")]
    limit: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 5

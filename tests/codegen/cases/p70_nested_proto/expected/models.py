"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import Kind, Level
from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Part(Request):
    text: Annotated[str, Field(pattern="^[^\\x00]*$")]


class SendThingRequest(Request):
    """Case send_thing."""

    kind: Annotated[Kind, Field(strict=False)]
    part: Annotated[Part | None, NotNull()] = None
    levels: list[Annotated[Level, Field(strict=False)]] = Field(default_factory=list)
    parts: dict[str, Part] = Field(default_factory=dict)

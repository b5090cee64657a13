"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from generated.enums import Level
from generated.scalars import NotNull, read_whole


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    level: Annotated[Level, Field(strict=False), BeforeValidator(read_whole)]
    other: Annotated[Annotated[Level, Field(strict=False), BeforeValidator(read_whole)] | None, NotNull()] = None
    many: list[Annotated[Level, Field(strict=False), BeforeValidator(read_whole)]] = Field(default_factory=list)

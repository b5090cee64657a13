"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from generated.enums import Kind, Level
from generated.scalars import UuidText, read_whole


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class MakeThingRequest(Request):
    """Case make_thing."""

    id: Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)]
    name: Annotated[str, Field(max_length=50, pattern="^[^\\x00]*$")]
    kind: Annotated[Kind, Field(strict=False)]
    level: Annotated[Level, Field(strict=False), BeforeValidator(read_whole)]
    is_done: Annotated[bool, Field(alias="is-done")]
    key: UuidText

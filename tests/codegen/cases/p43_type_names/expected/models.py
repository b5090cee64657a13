"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import Literal


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Any(Request):
    name: Annotated[str, Field(max_length=4, pattern="^[^\\x00]*$")]


class SendFieldRequest(Request):
    """Case send_field."""

    any: Any
    optional: Annotated[Literal, Field(strict=False)]

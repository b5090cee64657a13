"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ById(Request):
    by: Literal["id"]
    id: Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)]


class ByName(Request):
    by: Literal["name"]
    name: Annotated[str, Field(pattern="^[^\\x00]*$")]


class FindThingRequest(Request):
    """Case find_thing."""

    by: By


By = Annotated[ById | ByName, Field(discriminator="by"), InPlace()]

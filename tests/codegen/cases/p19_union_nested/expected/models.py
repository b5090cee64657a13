"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Dot(Request):
    kind: Literal["dot"]


class Group(Request):
    kind: Literal["group"]
    members: list[Shape]


class SendThingRequest(Request):
    """Case send_thing."""

    shape: Shape


Shape = Annotated[Group | Dot, Field(discriminator="kind"), InPlace()]

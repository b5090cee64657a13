"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Flat(Request):
    kind: Literal["flat"]
    sort: Literal["b"]


class Round(Request):
    kind: Literal["round"]
    sort: Literal["a"]
    r: Annotated[float, Field(allow_inf_nan=False)]


class SendThingRequest(Request):
    """Case send_thing."""

    thing: Thing


Thing = Annotated[Round | Flat, Field(discriminator="kind"), InPlace()]

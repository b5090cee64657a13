"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace
from generated.scalars import Moment, NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Added(Request):
    type: Annotated[Literal["ItemAdded.v1"], Field(alias="@type")]
    at: Moment


class Class(Request):
    type: Annotated[Literal["class"], Field(alias="@type")]
    part: Annotated[Part | None, NotNull()] = None


class Day(Request):
    type: Annotated[Literal['1d "\\\n'], Field(alias="@type")]
    note: Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")] | None, NotNull()] = None


class Page(Request):
    type: Annotated[Literal["text/html"], Field(alias="@type")]
    body: Annotated[str, Field(pattern="^[^\\x00]*$")]


class Plus(Request):
    type: Annotated[Literal["+"], Field(alias="@type")]
    amount: Annotated[int, Field(ge=-2147483648, le=2147483647)]


class SendThingRequest(Request):
    """Case send_thing."""

    part: Part
    others: list[Part] = Field(default_factory=list)
    by: dict[str, Part] = Field(default_factory=dict)


Part = Annotated[Page | Added | Plus | Class | Day, Field(discriminator="type"), InPlace()]

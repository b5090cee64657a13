"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import Day, Moment, NotNull

list_ = list
str_ = str


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    type: Annotated[str_, Field(pattern="^[^\\x00]*$")]
    id: Annotated[int, Field(ge=-2147483648, le=2147483647)]
    list: list_[Annotated[str_, Field(pattern="^[^\\x00]*$")]]
    self: Annotated[str_, Field(pattern="^[^\\x00]*$")]
    value: Annotated[str_, Field(pattern="^[^\\x00]*$")]
    message: Annotated[str_, Field(pattern="^[^\\x00]*$")]
    item: Annotated[Annotated[str_, Field(pattern="^[^\\x00]*$")] | None, NotNull()] = None
    str: Annotated[Annotated[str_, Field(pattern="^[^\\x00]*$")] | None, NotNull()] = None
    date: Annotated[Day | None, NotNull()] = None
    datetime: Annotated[Moment | None, NotNull()] = None
    frozenset: dict[str_, Annotated[int, Field(ge=-2147483648, le=2147483647)]] = Field(default_factory=dict)
    fields: Annotated[Annotated[str_, Field(pattern="^[^\\x00]*$")] | None, NotNull()] = None

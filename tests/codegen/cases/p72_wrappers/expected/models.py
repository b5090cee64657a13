"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace
from generated.enums import Level
from generated.scalars import Base64, Day, DecimalText, NotNull, UuidText


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Bolt(Request):
    kind: Literal["bolt"]
    value: Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, NotNull()] = None


class Nut(Request):
    kind: Literal["nut"]
    note: Annotated[str, Field(pattern="^[^\\x00]*$")] | None = None


class SendThingRequest(Request):
    """Case send_thing."""

    name: Annotated[str, Field(pattern="^[^\\x00]*$")] | None
    count: Annotated[int, Field(ge=-2147483648, le=2147483647)] | None
    flag: bool | None
    size: Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)] | None
    part: Part
    ratio: Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, NotNull()] = None
    data: Annotated[Base64 | None, NotNull()] = None
    day: Annotated[Day | None, NotNull()] = None
    key: Annotated[UuidText | None, NotNull()] = None
    price: DecimalText | None = None
    step: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 5
    level: Annotated[Annotated[Level, Field(strict=False)] | None, NotNull()] = None
    parts: list[Part] = Field(default_factory=list)


Part = Annotated[Bolt | Nut, Field(discriminator="kind"), InPlace()]

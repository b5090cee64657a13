"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import MultipleOf
from generated.scalars import DecimalText, NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    ratio: Annotated[float, Field(gt=0.0, lt=1.0, allow_inf_nan=False)]
    dozens: Annotated[int, Field(ge=-24, le=145, multiple_of=12)]
    cents: Annotated[DecimalText, MultipleOf("0.01")]
    share: Annotated[Annotated[float, Field(gt=0.0, lt=1.5, allow_inf_nan=False)] | None, NotNull()] = None
    count: Annotated[Annotated[int, Field(ge=1, le=99)] | None, NotNull()] = None
    level: Annotated[Annotated[int, Field(ge=5, le=9223372036854775807)] | None, NotNull()] = None
    price: Annotated[Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)], MultipleOf("0.01")] = 0.29
    hundreds: Annotated[DecimalText, MultipleOf("100")] = Decimal("1200.0")

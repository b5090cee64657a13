"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import Colour
from generated.scalars import Base64, DecimalText, Moment, NotNull, Span, UuidText


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    colour: Annotated[Annotated[Colour, Field(strict=False)] | None, NotNull()] = None
    price: DecimalText = Decimal("1.50")
    key: UuidText = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
    at: Moment = datetime.fromisoformat("2024-01-01T00:00:00+00:00")
    lasts: Span = timedelta(seconds=90.0)
    data: Base64 = b64decode("AAEC")
    tags: Annotated[list[Annotated[str, Field(pattern="^[^\\x00]*$")]], Field(min_length=1)] = ["a", "b"]
    ratio: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    empty: Annotated[str, Field(pattern="^[^\\x00]*$")] = ""
    zero: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 0
    off: bool = False

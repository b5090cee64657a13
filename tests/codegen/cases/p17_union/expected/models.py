"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace
from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Circle(Request):
    kind: Literal["circle"]
    radius: Annotated[float, Field(allow_inf_nan=False)]


class Square(Request):
    kind: Literal["square"]
    side: Annotated[int, Field(ge=-2147483648, le=2147483647)]
    label: Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")] | None, NotNull()] = None


class SendThingRequest(Request):
    """Case send_thing."""

    shape: Shape
    maybe: Annotated[Shape | None, NotNull()] = None


Shape = Annotated[Circle | Square, Field(discriminator="kind"), InPlace()]

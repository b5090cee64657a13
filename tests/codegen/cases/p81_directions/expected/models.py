"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace
from generated.enums import Mode
from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class CircleInput(Request):
    kind: Literal["circle"]
    radius: Annotated[float, Field(allow_inf_nan=False)]


class HolderInput(Request):
    thing: Annotated[OwnerInput | None, NotNull()] = None


class OwnerInput(Request):
    name: Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")]
    pin: Annotated[str, Field(max_length=4, pattern="^[^\\x00]*$")]


class Plain(Request):
    a: bool


class Square(Request):
    kind: Literal["square"]
    side: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 1


class FindThingRequest(Request):
    """Case find_thing."""

    name: Annotated[Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")] | None, NotNull()] = None
    key: Annotated[Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")] | None, NotNull()] = None


class SendThingRequest(Request):
    """Case send_thing."""

    name: Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")]
    secret: Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")]
    owner: OwnerInput
    shape: ShapeInput
    former: list[OwnerInput] = Field(default_factory=list)
    by_role: dict[str, OwnerInput] = Field(default_factory=dict)
    spare: OwnerInput | None = None
    holder: Annotated[HolderInput | None, NotNull()] = None
    mode: Annotated[Mode, Field(strict=False)] = Mode("slow")
    """Deprecated."""

    plain: Annotated[Plain | None, NotNull()] = None


ShapeInput = Annotated[CircleInput | Square, Field(discriminator="kind"), InPlace()]

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.content import OfType, Upload
from generated.enums import Colour
from generated.scalars import Base64, Day, NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Shape(Request):
    radius: Annotated[float, Field(allow_inf_nan=False)]


class GetPictureRequest(Request):
    """Case get_picture."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]


class PutPictureRequest(Request):
    """Case put_picture."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]
    content: Annotated[Upload, OfType("image/png", "image/jpeg")]


class SendFormRequest(Request):
    """Case send_form."""

    name: Annotated[str, Field(max_length=50, pattern="^[^\\x00]*$")]
    shape: Shape
    pictures: Annotated[list[Annotated[Upload, OfType("image/png", "image/jpeg")]], Field(min_length=1, max_length=3)]
    count: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 1
    is_new: Annotated[bool | None, NotNull()] = None
    colour: Annotated[Annotated[Colour, Field(strict=False)] | None, NotNull()] = None
    notes: Annotated[list[Annotated[str, Field(max_length=20, pattern="^[^\\x00]*$")]], Field(max_length=5)] = Field(
        default_factory=list
    )
    made_on: Annotated[Day | None, NotNull()] = None
    few: Annotated[Annotated[Base64, Field(max_length=30)] | None, NotNull()] = None
    labels: dict[str, Annotated[str, Field(max_length=9, pattern="^[^\\x00]*$")]] = Field(default_factory=dict)
    text: Annotated[Annotated[Upload, OfType("text/plain")] | None, NotNull()] = None
    any: Annotated[Upload | None, NotNull()] = None


class TurnRawRequest(Request):
    """Case turn_raw."""

    thing_id: Annotated[int, Field(ge=1, le=9223372036854775807)]
    content: Upload

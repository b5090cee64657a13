"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace
from generated.enums import Colour
from generated.scalars import Day, Moment, NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Circle(Request):
    shape_kind: Annotated[Literal["circle"], Field(alias="shapeKind")]
    line_width: Annotated[Annotated[float, Field(allow_inf_nan=False)], Field(alias="lineWidth")]


class Square(Request):
    shape_kind: Annotated[Literal["square"], Field(alias="shapeKind")]
    side: Annotated[int, Field(ge=-2147483648, le=2147483647)]
    label_text: Annotated[
        Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")] | None, NotNull()], Field(alias="labelText")
    ] = None


class SendThingRequest(Request):
    """Case send_thing."""

    thing_id: Annotated[Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)], Field(alias="thingId")]
    home_page: Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")] | None, Field(alias="homePage")]
    kind_of: Annotated[Annotated[Colour, Field(strict=False)], Field(alias="kind-of")]
    shape: Shape
    sort_by: Annotated[Annotated[Annotated[Colour, Field(strict=False)] | None, NotNull()], Field(alias="sortBy")] = (
        None
    )
    created_gte: Annotated[Annotated[Day | None, NotNull()], Field(alias="created[gte]")] = None
    page_list: Annotated[list[Annotated[int, Field(ge=-2147483648, le=2147483647)]], Field(alias="pageList")] = Field(
        default_factory=list
    )
    type: Annotated[
        Annotated[Annotated[str, Field(max_length=9, pattern="^[^\\x00]*$")] | None, NotNull()], Field(alias="@type")
    ] = None
    x_y: Annotated[Annotated[Annotated[float, Field(allow_inf_nan=False)] | None, NotNull()], Field(alias="x.y")] = None
    made_at: Annotated[Annotated[Moment | None, NotNull()], Field(alias="madeAt")] = None
    is_open: Annotated[bool, Field(alias="IsOpen")] = True
    tag_list: Annotated[list[Annotated[str, Field(pattern="^[^\\x00]*$")]], Field(alias="tagList")] = Field(
        default_factory=list
    )
    count_by: Annotated[
        dict[str, Annotated[int, Field(ge=-9223372036854775808, le=9223372036854775807)]], Field(alias="countBy")
    ] = Field(default_factory=dict)
    class_name: Annotated[
        Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")] | None, NotNull()], Field(alias="class")
    ] = None
    all_shapes: Annotated[list[Shape], Field(alias="allShapes")] = Field(default_factory=list)


Shape = Annotated[Circle | Square, Field(discriminator="shape_kind"), InPlace()]

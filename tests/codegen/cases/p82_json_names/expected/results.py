"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Colour as Colour


class Circle(Struct, kw_only=True, gc=False, tag_field="shapeKind", tag="circle", rename={"line_width": "lineWidth"}):
    line_width: float


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Problem(Struct, kw_only=True, gc=False):
    type: str
    title: str
    status: int
    detail: str | UnsetType = UNSET
    code: str
    errors: list[FieldError] = field(default_factory=list)
    trace_id: str
    retry_after: int | UnsetType = UNSET
    msg: str | UnsetType = UNSET


class Square(Struct, kw_only=True, gc=False, tag_field="shapeKind", tag="square", rename={"label_text": "labelText"}):
    side: int
    label_text: str | UnsetType = UNSET


class Thing(
    Struct,
    kw_only=True,
    gc=False,
    rename={
        "thing_id": "thingId",
        "home_page": "homePage",
        "type": "@type",
        "kind_of": "kind-of",
        "x_y": "x.y",
        "made_at": "madeAt",
        "is_open": "IsOpen",
        "tag_list": "tagList",
        "count_by": "countBy",
        "class_name": "class",
        "copied": "copy",
        "all_shapes": "allShapes",
    },
):
    thing_id: int
    home_page: str | None
    type: str
    kind_of: Colour
    x_y: float | UnsetType = UNSET
    made_at: datetime | UnsetType = UNSET
    is_open: bool = True
    tag_list: list[str] = field(default_factory=list)
    count_by: dict[str, int] = field(default_factory=dict)
    class_name: str | UnsetType = UNSET
    copied: str | UnsetType = UNSET
    shape: Shape
    all_shapes: list[Shape] = field(default_factory=list)


Shape = Circle | Square

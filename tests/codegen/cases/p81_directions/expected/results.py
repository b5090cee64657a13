"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Mode as Mode


class Circle(Struct, kw_only=True, gc=False, tag_field="kind", tag="circle"):
    radius: float
    area: float


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Holder(Struct, kw_only=True, gc=False):
    thing: Owner | UnsetType = UNSET


class Owner(Struct, kw_only=True, gc=False):
    id: int
    name: str


class Plain(Struct, kw_only=True, gc=False):
    a: bool


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


class Search(Struct, kw_only=True, gc=False):
    name: str | UnsetType = UNSET
    found: int | UnsetType = UNSET


class Square(Struct, kw_only=True, gc=False, tag_field="kind", tag="square"):
    side: int = 1


class Thing(Struct, kw_only=True, gc=False):
    id: int
    made_at: datetime | UnsetType = UNSET
    tags: list[str] = field(default_factory=list)
    name: str
    owner: Owner
    former: list[Owner] = field(default_factory=list)
    by_role: dict[str, Owner] = field(default_factory=dict)
    spare: Owner | None = None
    reader: Owner | None = None
    shape: Shape
    holder: Holder | UnsetType = UNSET
    keeper: Owner | UnsetType = UNSET
    """Who keeps it. Example: {\"id\": 2, \"name\": \"Eva\"}"""

    mode: Mode = Mode("slow")
    """Deprecated."""

    plain: Plain | UnsetType = UNSET


Shape = Circle | Square

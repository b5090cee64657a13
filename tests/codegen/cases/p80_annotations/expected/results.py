"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType, field

from generated.enums import Level as Level


class Circle(Struct, kw_only=True, gc=False, tag_field="kind", tag="circle"):
    side: int = 1


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Part(Struct, kw_only=True, gc=False):
    size: float
    """Deprecated."""

    notes: dict[str, str]
    """Each value: What was seen. Example of a value: \"dust\""""


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


class Square(Struct, kw_only=True, gc=False, tag_field="kind", tag="square"):
    side: int = 1


class Thing(Struct, kw_only=True, gc=False):
    """What is kept. Deprecated. See https://example.org/things All of it."""

    name: str
    """The \"name\" of it. Example: \"Ada\" Example: \"a \\\"b\\\" \\\\ 'c'\""""

    old: str | UnsetType = UNSET
    """It was. Deprecated, and may be gone from 2030-01-01 on."""

    count: int | UnsetType = UNSET
    """Example: 5 See https://example.org/count"""

    at: datetime | None = None
    """Example: \"2024-01-01T00:00:00Z\" Example: null"""

    price: Decimal | UnsetType = UNSET
    """Example: \"12.50\" Example: \"0\""""

    parts: list[Part] = field(default_factory=list)
    """Example: [{\"size\": 1.5, \"notes\": {}}] Example: []"""

    part: Part | None = None
    """Use parts. Deprecated."""

    levels: dict[str, Level] = field(default_factory=dict)
    """Example: {\"a\": \"low\"}"""

    shape: Shape
    ratio: float | UnsetType = UNSET
    """Example: 0.5 Example: 1"""


Shape = Circle | Square
"""Round or not. Example: {\"kind\": \"circle\", \"side\": 3} See https://example.org/shapes"""

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import InPlace
from generated.enums import Level
from generated.scalars import DecimalText, Moment, NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Circle(Request):
    kind: Literal["circle"]
    side: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 1


class Part(Request):
    size: Annotated[float, Field(allow_inf_nan=False)]
    """Deprecated."""

    notes: dict[str, Annotated[str, Field(pattern="^[^\\x00]*$")]]
    """Each value: What was seen. Example of a value: \"dust\""""


class Square(Request):
    kind: Literal["square"]
    side: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 1


class FindThingRequest(Request):
    """Case find_thing."""

    name: Annotated[str, Field(min_length=1, max_length=20, pattern="^[^\\x00]*$")]
    """The \"name\" of it. Deprecated. Example: \"Ada\" Example: \"a \\\"b\\\" \\\\ 'c'\""""

    x_count: Annotated[Annotated[int, Field(ge=1, le=9)] | None, NotNull()] = None
    """Example: 3"""


class SendThingRequest(Request):
    """Case send_thing. Example: {\"name\": \"Bob */ \\\"quoted\\\"\", \"shape\": {\"kind\": \"square\", \"side\": 2}}"""

    name: Annotated[str, Field(min_length=1, max_length=20, pattern="^[^\\x00]*$")]
    """The \"name\" of it. Example: \"Ada\" Example: \"a \\\"b\\\" \\\\ 'c'\""""

    shape: Shape
    old: Annotated[Annotated[str, Field(max_length=9, pattern="^[^\\x00]*$")] | None, NotNull()] = None
    """It was. Deprecated, and may be gone from 2030-01-01 on."""

    count: Annotated[Annotated[int, Field(ge=1, le=9)] | None, NotNull()] = None
    """Example: 5 See https://example.org/count"""

    at: Moment | None = None
    """Example: \"2024-01-01T00:00:00Z\" Example: null"""

    price: Annotated[DecimalText | None, NotNull()] = None
    """Example: \"12.50\" Example: \"0\""""

    parts: Annotated[list[Part], Field(max_length=3)] = Field(default_factory=list)
    """Example: [{\"size\": 1.5, \"notes\": {}}] Example: []"""

    part: Part | None = None
    """Use parts. Deprecated."""

    levels: dict[str, Annotated[Level, Field(strict=False)]] = Field(default_factory=dict)
    """Example: {\"a\": \"low\"}"""

    ratio: Annotated[Annotated[float, Field(gt=0.0, le=1.0, allow_inf_nan=False)] | None, NotNull()] = None
    """Example: 0.5 Example: 1"""


Shape = Annotated[Circle | Square, Field(discriminator="kind"), InPlace()]
"""Round or not. Example: {\"kind\": \"circle\", \"side\": 3} See https://example.org/shapes"""

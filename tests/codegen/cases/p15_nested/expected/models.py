"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import Moment, NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Deeper(Request):
    at: Moment


class Inner(Request):
    name: Annotated[str, Field(pattern="^[^\\x00]*$")]
    depth: Annotated[int, Field(ge=-2147483648, le=2147483647)] = 1
    deeper: Annotated[Deeper | None, NotNull()] = None


class SendThingRequest(Request):
    """Case send_thing."""

    inner: Inner
    maybe: Annotated[Inner | None, NotNull()] = None
    many: list[Inner] = Field(default_factory=list)
    by_name: dict[str, Inner] = Field(default_factory=dict)

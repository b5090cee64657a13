"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Nothing(Request):
    pass


class Part(Request):
    text: Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")] | None, NotNull()] = None


class SendThingRequest(Request):
    """Case send_thing."""

    must: Nothing
    may: Annotated[Nothing | None, NotNull()] = None
    part: Annotated[Part | None, NotNull()] = None

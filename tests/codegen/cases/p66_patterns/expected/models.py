"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    code: Annotated[str, Field(pattern="^[A-Z]{2}\\-[0-9]+$")]
    any: Annotated[
        Annotated[str, Field(pattern="^[^\\x00]*$")],
        Field(pattern="a[^\\n\\r\\x{2028}\\x{2029}]c|[\\[\\&\\&A-Za-z0-9_]"),
    ]
    unicode: Annotated[Annotated[str, Field(pattern="^\\p{L}+$")] | None, NotNull()] = None

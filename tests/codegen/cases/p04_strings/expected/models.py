"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.formats import Form
from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    text: Annotated[str, Field(pattern="^[^\\x00]*$")]
    short: Annotated[str, Field(min_length=2, max_length=5, pattern="^[^\\x00]*$")]
    code: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    link: Annotated[
        Annotated[Annotated[str, Field(max_length=200, pattern="^[^\\x00]*$")], Form("uri")] | None, NotNull()
    ] = None
    mail: Annotated[Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("email")] | None, NotNull()] = None
    host: Annotated[Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("hostname")] | None, NotNull()] = None

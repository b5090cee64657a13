"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import AllDifferent
from generated.formats import Form
from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    mail: Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("email")]
    host: Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("hostname")] = "example.org"
    four: Annotated[Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("ipv4")] | None, NotNull()] = None
    six: Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("ipv6")] | None = None
    clock: Annotated[Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("time")] | None, NotNull()] = None
    link: Annotated[
        Annotated[Annotated[str, Field(max_length=200, pattern="^[^\\x00]*$")], Form("uri")] | None, NotNull()
    ] = None
    place: Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("uri-reference")] = ""
    secret: Annotated[Annotated[str, Field(min_length=3, max_length=200, pattern="^[^\\x00]*$")] | None, NotNull()] = (
        None
    )
    hosts: Annotated[
        list[Annotated[Annotated[str, Field(pattern="^[^\\x00]*$")], Form("hostname")]], AllDifferent()
    ] = Field(default_factory=list)

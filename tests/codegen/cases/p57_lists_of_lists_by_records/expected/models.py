"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Row(Request):
    cells: Annotated[list[Annotated[float, Field(allow_inf_nan=False)]], Field(max_length=9)]


class SendTableRequest(Request):
    """Case send_table."""

    rows: Annotated[list[Row], Field(min_length=1)]

"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.enums import Mode


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class RunJobRequest(Request):
    """Case run_job."""

    mode: Annotated[Mode, Field(strict=False)]
    by_host: dict[str, Annotated[Mode, Field(strict=False)]] = Field(default_factory=dict)
    order: Annotated[list[Annotated[Mode, Field(strict=False)]], Field(min_length=1, max_length=2)] = [Mode("fast")]

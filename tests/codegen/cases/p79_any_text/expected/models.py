"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import AllDifferent
from generated.enums import Media, Model, Sign, Span, Word


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    model: Annotated[Model, Field(strict=False)]
    media: Annotated[Media, Field(strict=False)]
    span: Annotated[Span, Field(strict=False)]
    signs: Annotated[list[Annotated[Sign, Field(strict=False)]], AllDifferent()] = Field(default_factory=list)
    by: dict[str, Annotated[Sign, Field(strict=False)]] = Field(default_factory=dict)
    word: Annotated[Word, Field(strict=False)] = Word("是")

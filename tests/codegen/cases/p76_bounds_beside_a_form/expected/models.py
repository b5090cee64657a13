"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.constraints import MultipleOf, Shaped
from generated.formats import Form
from generated.scalars import Day, DecimalText, Moment, NotNull, Span, UuidText


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    price: Annotated[
        Annotated[DecimalText, Shaped(min_length=4, max_length=10, pattern="^[0-9]+\\.[0-9]{2}$")], MultipleOf("0.01")
    ]
    days: Annotated[list[Annotated[Day, Shaped(pattern="^20")]], Field(min_length=1, max_length=3)]
    key: Annotated[Annotated[UuidText, Shaped(min_length=36, max_length=36)] | None, NotNull()] = None
    day: Annotated[Day, Shaped(pattern="^20")] = date.fromisoformat("2024-02-29")
    at: Annotated[Annotated[Moment, Shaped(max_length=40, pattern="Z$", is_value=True)] | None, NotNull()] = None
    lasts: Annotated[Annotated[Span, Shaped(pattern="^P", is_value=True)] | None, NotNull()] = None
    mail: Annotated[
        Annotated[
            Annotated[
                Annotated[str, Field(pattern="^[^\\x00]*$")],
                Field(min_length=5, max_length=254, pattern="@example\\.org$"),
            ],
            Form("email"),
        ]
        | None,
        NotNull(),
    ] = None
    times: Annotated[dict[str, Annotated[Moment, Shaped(max_length=30, is_value=True)]], Field(max_length=2)] = Field(
        default_factory=dict
    )

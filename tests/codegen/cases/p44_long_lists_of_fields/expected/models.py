"""What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generated.scalars import NotNull


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class SendThingRequest(Request):
    """Case send_thing."""

    field_0: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_1: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_2: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_3: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_4: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_5: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_6: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_7: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_8: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_9: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_10: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_11: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_12: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_13: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_14: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_15: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_16: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_17: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_18: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_19: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_20: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_21: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_22: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_23: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_24: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_25: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_26: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_27: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_28: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_29: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_30: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_31: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_32: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_33: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_34: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_35: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_36: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_37: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_38: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_39: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_40: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_41: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_42: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_43: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_44: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_45: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_46: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_47: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_48: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_49: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_50: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_51: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_52: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_53: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_54: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_55: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_56: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_57: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_58: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None
    field_59: Annotated[Annotated[int, Field(ge=-2147483648, le=2147483647)] | None, NotNull()] = None

"""What goes out: typed structs, encoded as they are. Generated; do not edit."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field


class FieldError(Struct, kw_only=True, gc=False):
    pointer: str
    message: str


class Problem(Struct, kw_only=True, gc=False):
    type: str
    title: str
    status: int
    detail: str | UnsetType = UNSET
    code: str
    errors: list[FieldError] = field(default_factory=list)
    trace_id: str
    retry_after: int | UnsetType = UNSET
    msg: str | UnsetType = UNSET


class Thing(Struct, kw_only=True, gc=False):
    field_0: int | UnsetType = UNSET
    field_1: int | UnsetType = UNSET
    field_2: int | UnsetType = UNSET
    field_3: int | UnsetType = UNSET
    field_4: int | UnsetType = UNSET
    field_5: int | UnsetType = UNSET
    field_6: int | UnsetType = UNSET
    field_7: int | UnsetType = UNSET
    field_8: int | UnsetType = UNSET
    field_9: int | UnsetType = UNSET
    field_10: int | UnsetType = UNSET
    field_11: int | UnsetType = UNSET
    field_12: int | UnsetType = UNSET
    field_13: int | UnsetType = UNSET
    field_14: int | UnsetType = UNSET
    field_15: int | UnsetType = UNSET
    field_16: int | UnsetType = UNSET
    field_17: int | UnsetType = UNSET
    field_18: int | UnsetType = UNSET
    field_19: int | UnsetType = UNSET
    field_20: int | UnsetType = UNSET
    field_21: int | UnsetType = UNSET
    field_22: int | UnsetType = UNSET
    field_23: int | UnsetType = UNSET
    field_24: int | UnsetType = UNSET
    field_25: int | UnsetType = UNSET
    field_26: int | UnsetType = UNSET
    field_27: int | UnsetType = UNSET
    field_28: int | UnsetType = UNSET
    field_29: int | UnsetType = UNSET
    field_30: int | UnsetType = UNSET
    field_31: int | UnsetType = UNSET
    field_32: int | UnsetType = UNSET
    field_33: int | UnsetType = UNSET
    field_34: int | UnsetType = UNSET
    field_35: int | UnsetType = UNSET
    field_36: int | UnsetType = UNSET
    field_37: int | UnsetType = UNSET
    field_38: int | UnsetType = UNSET
    field_39: int | UnsetType = UNSET
    field_40: int | UnsetType = UNSET
    field_41: int | UnsetType = UNSET
    field_42: int | UnsetType = UNSET
    field_43: int | UnsetType = UNSET
    field_44: int | UnsetType = UNSET
    field_45: int | UnsetType = UNSET
    field_46: int | UnsetType = UNSET
    field_47: int | UnsetType = UNSET
    field_48: int | UnsetType = UNSET
    field_49: int | UnsetType = UNSET
    field_50: int | UnsetType = UNSET
    field_51: int | UnsetType = UNSET
    field_52: int | UnsetType = UNSET
    field_53: int | UnsetType = UNSET
    field_54: int | UnsetType = UNSET
    field_55: int | UnsetType = UNSET
    field_56: int | UnsetType = UNSET
    field_57: int | UnsetType = UNSET
    field_58: int | UnsetType = UNSET
    field_59: int | UnsetType = UNSET

"""What the contract's records are made of on this side: tolerant of what a newer server adds, and never changed in place."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.fields import FieldInfo

UNKNOWN = "$unknown"


class Model(BaseModel):
    """Members that this version does not know are kept in `model_extra`, and never sent."""

    model_config = ConfigDict(
        extra="allow", frozen=True, defer_build=True, protected_namespaces=(), populate_by_name=True
    )


class Unknown(Model):
    """An arm of a union that this version does not know. It cannot be sent."""

    @property
    def raw(self) -> dict[str, Any]:
        """Everything that came, the tag included."""
        return dict(self.model_extra or {})


def _decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("base64 is wanted") from None


Base64 = Annotated[bytes, BeforeValidator(_decoded)]


def by_tag(tag: str, known: Collection[str], attribute: str = "") -> Callable[[Any], str]:
    """Tells a union's arms apart, in what came and in what a caller made."""

    def read(value: Any) -> str:
        given = value.get(tag) if isinstance(value, Mapping) else _own(value, attribute or tag)
        return given if isinstance(given, str) and given in known else UNKNOWN

    return read


def _own(value: object, name: str) -> object:
    return getattr(value, name, getattr(value, f"{name}_", None))


def member_of(field: FieldInfo, name: str) -> str:
    """What the contract calls a model's field."""
    return field.alias or field.serialization_alias or name


def fields_of(value: BaseModel) -> dict[str, Any]:
    """What a model declares, under the contract's names. ValueError for an arm that cannot be sent."""
    if isinstance(value, Unknown):
        raise ValueError(f"an arm that this version of the contract does not know cannot be sent: {value.raw}")
    return {member_of(field, name): getattr(value, name) for name, field in type(value).model_fields.items()}

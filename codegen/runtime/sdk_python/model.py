"""What the contract's records are made of on this side: tolerant of what a newer server adds, and never changed in place."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

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


def by_tag(tag: str, known: Collection[str]) -> Callable[[Any], str]:
    """Tells a union's arms apart, in what came and in what a caller made."""

    def read(value: Any) -> str:
        given = value.get(tag) if isinstance(value, Mapping) else getattr(value, tag, getattr(value, f"{tag}_", None))
        return given if isinstance(given, str) and given in known else UNKNOWN

    return read

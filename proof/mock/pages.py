"""One page of rows: by number, or by a sealed cursor that goes on behind the last row of the page before."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from proof.documents import Json
from proof.mock.store import Row

UNPAGED = 1000
"""Rows of a list that has no pages, at most."""
KEY = b"proof mock cursor"
"""No secret: it finds cursors that were never ours."""
MAC = 8


class NoCursor(Exception):
    """A text that is no cursor of this list and filter."""


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Json]
    meta: Json


def page(rows: Sequence[Row], fields: Json, scope: Json, most: int | None) -> Page:
    """`scope` is what a cursor must not leave: the list and its filters. `most` bounds the items. Raises NoCursor."""
    bound = min(most or UNPAGED, UNPAGED)
    per_page = min(_whole(fields.get("per_page"), bound), bound) or 1
    number = _whole(fields.get("page"), 1)
    first = (number - 1) * per_page
    if cursor := fields.get("cursor"):
        number, last = _opened(str(cursor), scope)
        first = next((index for index, one in enumerate(rows) if one.place > last), len(rows))
    chosen = rows[first : first + per_page]
    has_more = first + per_page < len(rows)
    after = _sealed(number + 1, chosen[-1].place, scope) if has_more and chosen else None
    meta = {
        "page": number,
        "per_page": per_page,
        "total": len(rows),
        "pages": -(-len(rows) // per_page),
        "next_cursor": after,
        "has_more": has_more,
    }
    return Page([one.value for one in chosen], meta)


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and value >= 1 else otherwise


def _sealed(number: int, place: int, scope: Json) -> str:
    data = f"{number} {place}".encode()
    return base64.urlsafe_b64encode(_mac(data, scope) + data).decode().rstrip("=")


def _opened(text: str, scope: Json) -> tuple[int, int]:
    try:
        whole = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        mac, data = whole[:MAC], whole[MAC:]
        if not hmac.compare_digest(mac, _mac(data, scope)):
            raise NoCursor(text)
        number, place = data.decode().split()
        return int(number), int(place)
    except ValueError:
        raise NoCursor(text) from None


def _mac(data: bytes, scope: Json) -> bytes:
    whole = data + json.dumps(scope, sort_keys=True).encode()
    return hmac.digest(hashlib.sha256(KEY).digest(), whole, "sha256")[:MAC]

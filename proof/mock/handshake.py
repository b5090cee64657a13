"""Decides about a socket before the upgrade: the page's origin, the format, the credential (docs/wire.md). Sends nothing."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from proof.documents import JSON, PROTOBUF
from proof.mock.callers import Callers, User
from proof.mock.http import headers_of
from proof.mock.refusal import Refusal

PREFIX = "bearer."
FORMATS = {"json": JSON, "protobuf": PROTOBUF}


@dataclass(frozen=True, slots=True)
class Admission:
    """`subprotocol` is what the server answers, None where none was offered; `user` is None where the first frame authenticates."""

    media: str
    subprotocol: str | None
    user: User | None


def admit(scope: Mapping[str, Any], callers: Callers, encodings: Mapping[str, str], origins: str) -> Admission:
    """`encodings` are media types by subprotocol, `origins` a regular expression. Raises Refusal."""
    headers = headers_of(scope["headers"])
    origin = headers.get("origin")
    if origin is not None and re.fullmatch(origins, origin) is None:
        raise Refusal("forbidden", "This origin may not open a socket.")
    query = parse_qs(scope["query_string"].decode("latin-1"))
    offers = [one for one in scope["subprotocols"] if not one.startswith(PREFIX)]
    chosen = next((one for one in encodings if one in offers), None)
    if offers and chosen is None:
        raise Refusal("malformed", "None of the offered subprotocols is known.")
    media = encodings[chosen] if chosen else FORMATS.get(query.get("format", ["json"])[0], "")
    if media not in encodings.values():
        raise Refusal("malformed", "The format is json or protobuf.")
    return Admission(media, chosen, _user(headers, query, scope["subprotocols"], callers))


def _user(
    headers: Mapping[str, str], query: Mapping[str, list[str]], offers: Sequence[str], callers: Callers
) -> User | None:
    """Exactly one credential is looked at; without one, `?auth=frame` leaves it to the first frame."""
    found: list[User | None] = [callers.bearer(_decoded(one)) for one in offers if one.startswith(PREFIX)]
    found += [callers.redeem(one) for one in query.get("ticket", ())]
    found += [callers.proving(one) for one in query.get("Authorization", ())]
    if "authorization" in headers:
        found.append(callers.proving(headers["authorization"]))
    if not found and query.get("auth") == ["frame"]:
        return None
    if len(found) != 1 or found[0] is None:
        raise Refusal("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    return found[0]


def _decoded(offer: str) -> str:
    text = offer.removeprefix(PREFIX).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        raise Refusal("malformed", "The bearer subprotocol is not a token in base64url.") from None

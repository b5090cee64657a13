"""Media types of one exchange over HTTP: what a body is read as, and what its answer is written as (RFC 9110 §8.3, §12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from codegen.emit.documents.openapi import PROTOBUF
from codegen.ir.operations import Operation
from proof.documents import JSON
from proof.mock.refusal import Refusal

WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
ANY = "*/*"
Headers = Mapping[str, str]


def offers(operation: Operation) -> tuple[str, ...]:
    """JSON first; protobuf where the operation has messages."""
    return (JSON, *PROTOBUF) if operation.has_rpc and not operation.has_bytes else (JSON,)


def body_type(headers: Headers, known: tuple[str, ...]) -> str:
    """One of `known`; its case and parameters do not count, and an encoding is not undone."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not any(fits(media, one) for one in known):
        hint = ", ".join(known)
        raise Refusal("unsupported_media_type", f"Send {' or '.join(known[:2])}.", headers={"Accept": hint})
    if headers.get("content-encoding", "identity").lower() != "identity":
        detail = "Send the body as it is, not encoded."
        raise Refusal("unsupported_media_type", detail, headers={"Accept-Encoding": "identity"})
    return media


def fits(media: str, pattern: str) -> bool:
    """Whether a type lies in a range."""
    kind, _, rest = pattern.lower().partition("/")
    if "/" not in media or "*" in media:
        return False
    return pattern == ANY or (media.partition("/")[0] == kind and rest in ("*", media.partition("/")[2]))


def answer_type(headers: Headers, sent: str, known: tuple[str, ...]) -> str:
    """The greatest weight, then the first named, then the body's own type; refuses where nothing is left."""
    preferred = sent if sent in known else known[0]
    ranges = [one.strip() for one in headers.get("accept", "").lower().split(",") if one.strip()]
    if not ranges:
        return preferred
    weighed = _weighed(ranges)
    rated: list[tuple[float, int, str]] = []
    for offer in dict.fromkeys((preferred, *known)):
        names = (offer, f"{offer.partition('/')[0]}/*", ANY)
        weight, place = next((weighed[name] for name in names if name in weighed), (0.0, 0))
        if weight > 0:
            rated.append((-weight, place, offer))
    if not rated:
        raise Refusal("not_acceptable", f"Accept {' or '.join(known[:2])}.")
    return min(rated, key=lambda one: one[:2])[2]


def bytes_type(headers: Headers, declared: tuple[str, ...]) -> str:
    """Of an answer of bytes: one of the types that are declared, or the range where only a handler would know the type, which
    is answered whatever `Accept` says (RFC 9110 §12.4.1). Refuses where none of the types is taken."""
    if not declared or any("*" in one for one in declared):
        return declared[0] if declared else ANY
    return answer_type(headers, "", declared)


def _weighed(ranges: list[str]) -> dict[str, tuple[float, int]]:
    """Of a range that stands twice the greater weight; a weight of bad syntax drops its range."""
    found: dict[str, tuple[float, int]] = {}
    for place, text in enumerate(ranges):
        media, *parameters = (one.strip() for one in text.split(";"))
        written = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        if WEIGHT.fullmatch(written) and float(written) > found.get(media, (-1.0, 0))[0]:
            found[media] = float(written), place
    return found

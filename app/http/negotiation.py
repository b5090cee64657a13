"""Media types of one exchange: what a body is read as, and what its answer is written as (RFC 9110 §8.3, §12.5.1).

Promises: who excludes a type never gets it; what cannot be read in an `Accept` counts as not written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from generated.bindings import HttpBinding
from generated.errors import NotAcceptable, UnsupportedMediaType

JSON, PROTOBUF, REGISTERED_PROTOBUF = "application/json", "application/x-protobuf", "application/protobuf"
"""Protobuf has two names: the one of old, and the one that is registered; they mean the same."""
MEDIA_TYPES = (JSON, PROTOBUF, REGISTERED_PROTOBUF)
NDJSON, SSE, PROTOBUF_STREAM = "application/x-ndjson", "text/event-stream", "application/x-protobuf-seq"
STREAM_TYPES = (NDJSON, SSE, PROTOBUF_STREAM)
"""Protobuf stands last: JSON alone is offered without it."""
WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z")
"""RFC 9110 §12.4.2."""
ANY = "*/*"


class Hinted:
    """A refusal whose answer has one more header, `hint`, which says what would do."""

    hint: tuple[bytes, bytes]


class BodyRefused(Hinted, UnsupportedMediaType):
    """`hint` says what would be read (RFC 9110 §15.5.16)."""

    def __init__(self, detail: str, hint: tuple[bytes, bytes]) -> None:
        super().__init__(detail)
        self.hint = hint


def read_types(binding: HttpBinding) -> tuple[str, ...]:
    """What the operation's body may be, JSON first."""
    return MEDIA_TYPES if binding.codec.values_protobuf is not None else MEDIA_TYPES[:1]


def answer_types(binding: HttpBinding) -> tuple[str, ...]:
    """What the operation's result can be written as, JSON first."""
    has_protobuf = binding.codec.encode_protobuf is not None
    if binding.operation.is_stream:
        return STREAM_TYPES if has_protobuf else STREAM_TYPES[:-1]
    return MEDIA_TYPES if has_protobuf else MEDIA_TYPES[:1]


def body_type(headers: dict[bytes, bytes], types: tuple[str, ...]) -> str:
    """One of `types`, whatever its letter case; its parameters do not count, an encoding is not read. Raises BodyRefused."""
    media = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if media not in types:
        raise BodyRefused(f"Send {' or '.join(types[:2])}.", (b"accept", ", ".join(types).encode()))
    check_plain(headers)
    return media


def check_plain(headers: Mapping[bytes, bytes]) -> None:
    """An encoding of the body is not undone. Raises BodyRefused."""
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise BodyRefused("Send the body as it is, not encoded.", (b"accept-encoding", b"identity"))


def answer_type(headers: dict[bytes, bytes], sent: str | None, offers: tuple[str, ...]) -> str:
    """The offer of the greatest weight; among equals the one that `Accept` names first, then the body's own type.

    An empty `Accept` is none. Raises NotAcceptable where nothing is left.
    """
    preferred = sent if sent in offers else offers[0]
    accept = headers.get(b"accept", b"")
    if accept in (b"", b"*/*"):
        return preferred
    if accept == b"application/json" and offers[0] == JSON:
        return JSON
    ranges = [part for part in map(str.strip, accept.decode("latin-1").lower().split(",")) if part]
    if not ranges:
        return preferred
    return _best(_weighed(ranges), preferred, offers)


def check_acceptable(headers: dict[bytes, bytes], media_types: tuple[str, ...]) -> None:
    """Whether one of the concrete types that may be answered is taken. Raises NotAcceptable. A type that only the handler
    knows is answered as it is, which RFC 9110 §12.4.1 leaves open."""
    if media_types and not any("*" in one for one in media_types):
        answer_type(headers, None, media_types)


def _best(weights: dict[str, tuple[float, int]], preferred: str, offers: tuple[str, ...]) -> str:
    """The most specific range that fits an offer gives its weight and its place."""
    best, best_rank = None, (0.0, 0)
    for offer in (preferred, *offers):
        ranges = (offer, f"{offer.partition('/')[0]}/*", ANY)
        weight, place = next((weights[name] for name in ranges if name in weights), (0.0, 0))
        if weight > 0 and (best is None or (weight, -place) > best_rank):
            best, best_rank = offer, (weight, -place)
    if best is None:
        raise NotAcceptable(f"Accept {' or '.join(offers[:2])}.")
    return best


def _weighed(ranges: list[str]) -> dict[str, tuple[float, int]]:
    """Weight and place by range; of one that stands twice the greater weight counts, and a weight of bad syntax drops its range."""
    found: dict[str, tuple[float, int]] = {}
    for place, part in enumerate(ranges):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        written = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        if WEIGHT.match(written):
            found[media] = max(found.get(media, (0.0, place)), (float(written), place), key=lambda one: one[0])
    return found

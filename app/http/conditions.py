"""Conditional requests over HTTP (RFC 9110 §13): entity tags are read here, and compared.

`If-None-Match` is evaluated by the door on GET and HEAD, where the contract gives the result an `ETag`; `If-Match` names versions,
and whether one of them is the stored one only the handler knows, in its transaction.
"""

from __future__ import annotations

import re

from generated.errors import InvalidData, Malformed
from generated.results import FieldError

TAG = re.compile(rb'(W/)?"([!#-~\x80-\xff]*)"')
"""RFC 9110 §8.8.3: weak or strong, then the opaque text."""
VERSION = re.compile(rb"[1-9][0-9]{0,18}\Z|0\Z")
MAX_TAGS = 16
"""Of an If-Match: each that is ours costs a try."""
EVERY = b"*"
Tags = list[tuple[bytes, bytes]]


def entity_tags(text: bytes) -> Tags | None:
    """Pairs of `W/` or nothing and the opaque text; None for what is no list of them. Empty members are none (§5.6.1.2)."""
    around = TAG.sub(b'"', text).split(b",")
    if any(one.strip(b" \t") not in (b"", b'"') for one in around):
        return None
    return TAG.findall(text) or None


def is_unchanged(if_none_match: bytes, tag: bytes) -> bool:
    """Whether the caller has the representation with the opaque text `tag` (§13.1.2): weak comparison. Nonsense is as none."""
    if if_none_match.strip() == EVERY:
        return True
    return any(text == tag for _, text in entity_tags(if_none_match) or ())


def expected_versions(field: str, bounds: tuple[int, int], text: bytes) -> list[int | None]:
    """The versions within `bounds` of which one must be the stored one (§13.1.1), at least one; None is any.

    Weak tags and those that no version of ours has never match: where no other is left, the version is one that is never reached, so
    that the handler refuses as it does any other. Raises InvalidData for what is no list of tags, Malformed for too long a one.
    """
    if text.strip() == EVERY:
        return [None]
    tags = entity_tags(text)
    if tags is None:
        message = "Input should be * or entity tags, each in quotes"
        raise InvalidData(errors=[FieldError(pointer=f"/{field}", message=message)])
    if len(tags) > MAX_TAGS:
        raise Malformed(f"If-Match names more than {MAX_TAGS} entity tags.")
    lowest, highest = bounds
    named = (int(opaque) for weak, opaque in tags if not weak and VERSION.match(opaque))
    return list(dict.fromkeys(one for one in named if lowest <= one <= highest)) or [highest]

"""Reads and writes `traceparent` of W3C Trace Context (levels 1 and 2): to which trace a request belongs, as its caller says.

Promises: what is not whole is as none (§3.2.2.3), and begins a new trace. Nothing is decided by it but which spans stand together
and whether they are told. `tracestate` and `baggage` are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TRACEPARENT = b"traceparent"
"""The header, and the member of a frame's `meta`."""
MAX_CHARS = 256
"""Of one that a frame may have; version 00 has 55."""
FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?\Z", re.DOTALL)
"""Later versions may have more behind a hyphen (§4.3)."""
CURRENT_VERSION, NEVER = "00", "ff"
NO_TRACE, NO_SPAN = "0" * 32, "0" * 16
SAMPLED = 0x01


@dataclass(frozen=True, slots=True)
class Traceparent:
    """The caller's span."""

    trace_id: str
    """32 hexadecimal digits in lower case, not all of them 0."""
    span_id: str
    """16 such digits."""
    is_sampled: bool
    """Whether the caller tells its own part of the trace."""

    @property
    def written(self) -> str:
        """As version 00 has it."""
        return f"{CURRENT_VERSION}-{self.trace_id}-{self.span_id}-{SAMPLED if self.is_sampled else 0:02x}"


def read_traceparent(text: str) -> Traceparent | None:
    """None for what is none. Of a version that is not known yet the first four fields count, and of its flags only `sampled`."""
    found = FORM.match(text)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == NEVER or trace_id == NO_TRACE or span_id == NO_SPAN or (version == CURRENT_VERSION and more):
        return None
    return Traceparent(trace_id, span_id, bool(int(flags, 16) & SAMPLED))

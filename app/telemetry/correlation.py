"""The id that an answer, its problem, its audit row and its log lines share: the caller's own where it can be shown."""

from __future__ import annotations

import random
import re

CORRELATION_ID = re.compile(rb"[A-Za-z0-9-]{1,64}\Z")
"""What goes into logs as it is (D28)."""
HEADER = b"x-correlation-id"


def trace_id_of(given: bytes) -> str:
    """The caller's own X-Correlation-ID, if that can be shown: 1 to 64 letters, digits and hyphens (D28). Else 16
    hexadecimal digits by chance, which are for finding lines and no secret."""
    return given.decode() if CORRELATION_ID.match(given) else f"{random.getrandbits(64):016x}"

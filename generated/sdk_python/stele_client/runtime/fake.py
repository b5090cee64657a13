"""What the fakes of both clients have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Unprepared(AssertionError):
    """A call, or a wait for an event, that the test has not prepared."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call as it would have been sent: fields that were left out are not among `values`."""

    operation: str
    values: Mapping[str, Any]
    request_id: str

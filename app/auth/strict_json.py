"""One strict reading of the JSON in a token: whoever else reads the same text cannot have understood something else.

Promises: each member name once (RFC 7515, 4 and RFC 7519, 4), numbers are finite, text is UTF-8 and can be written again, at most 32
levels. Bounds no size: tokens are bounded before.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from itertools import chain
from typing import Any

MAX_DEPTH = 32


def read_object(data: bytes) -> dict[str, Any]:
    """Raises ValueError for anything but one such object."""
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse_constant
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("no object")
    _check_depth_and_text(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member name stands twice")
    return members


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _check_depth_and_text(value: Any) -> None:
    """Level by level, so that no input decides how deep this calls itself. Encoding refuses half of a surrogate pair."""
    level = [value]
    for _ in range(MAX_DEPTH):
        inside = [each for container in level for each in _contents(container)]
        "".join(each for each in inside if isinstance(each, str)).encode()
        level = [each for each in inside if isinstance(each, dict | list)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _contents(container: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return chain(container, container.values()) if isinstance(container, dict) else container

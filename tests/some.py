"""What a shortened form keeps of a long list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def each(one_in: int, values: Iterable[Any]) -> list[Any]:
    """Parameters: each `one_in`-th of the values, from the first on; the others are long."""
    return [
        value if index % one_in == 0 else pytest.param(value, marks=pytest.mark.long)
        for index, value in enumerate(values)
    ]

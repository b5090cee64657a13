"""One production image for a whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.images.building import Image, ToolsMissing, built
from tests.missing import missing


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """Where images cannot be built, see `missing`."""
    try:
        with built("production") as made:
            yield made
    except ToolsMissing as reason:
        missing(reason)

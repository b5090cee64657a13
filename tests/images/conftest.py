"""One production image for a whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.images.building import Image, ToolsMissing, built


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """Skips, with the reason, where images cannot be built."""
    try:
        with built("production") as made:
            yield made
    except ToolsMissing as reason:
        pytest.skip(str(reason))

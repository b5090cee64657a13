"""The site that the tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.site.__main__ import build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its HTML; the sources that zensical read are in `source` beside it."""
    folder = tmp_path_factory.mktemp("site")
    assert build(folder) == 0, "a page of docs/ does not fit; `make docs` says which"
    return folder / "html"

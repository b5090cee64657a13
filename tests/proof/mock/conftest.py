"""One mock of the tests' contract for the tests that need no options of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.codegen.contracts import SHIPPED
from tests.proof.mock.mocks import serving


@pytest.fixture(scope="session")
def mock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("mock") / "log"
    with serving(SHIPPED, log=log) as url:
        yield url
    assert "Traceback" not in log.read_text()

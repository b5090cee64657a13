"""Tests of what a machine may not have: a Java, tools that build images, a kernel that gives namespaces."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(reason: object) -> NoReturn:
    """Skips the test with the reason. Where CI runs, which installs all of it, a test that is not run is a failure."""
    if os.environ.get("CI"):
        pytest.fail(str(reason))
    pytest.skip(str(reason))

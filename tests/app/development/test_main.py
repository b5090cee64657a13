"""`python -m app.development` says what it can do."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "app.development"]


@pytest.mark.parametrize("words", [(), ("fly",)])
def test_without_its_words_the_usage_is_printed(words: tuple[str, ...]) -> None:
    run = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "usage: python -m app.development" in run.stderr

"""`python -m app metrics` prints the page, without settings."""

from __future__ import annotations

import subprocess
import sys

from app.telemetry.metrics.reference import reference


def test_the_page_is_printed() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "app", "metrics"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, reference(), "")

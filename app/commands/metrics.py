"""`python -m app metrics`: docs/metrics.md, which says what every metric of a node is."""

from __future__ import annotations

import argparse

from app.exit_codes import OK
from app.telemetry.metrics.reference import reference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(options: argparse.Namespace) -> int:
    print(reference(), end="")
    return OK

"""The terminal client. Generated; do not edit."""

from __future__ import annotations

import sys

from ._commands import PROGRAM
from .runtime.terminal.main import run


def main() -> int:
    return run(PROGRAM)


if __name__ == "__main__":
    sys.exit(main())

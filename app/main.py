"""The application of one worker: `app.main:create_application` is what a server is told to make."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.configuration.reading import SettingsRefused, read
from app.exit_codes import CONFIG
from app.wiring import build


def create_application() -> Callable[..., Any]:
    """The ASGI application of one worker, whoever starts it; SystemExit 78 for settings that are none, and a line for each.
    Reads the environment; opens no connection before its lifespan begins."""
    try:
        settings = read(os.environ, Path.cwd()).settings
    except SettingsRefused as refused:
        print(*refused.lines, sep="\n", file=sys.stderr)
        sys.exit(CONFIG)
    return build(settings)

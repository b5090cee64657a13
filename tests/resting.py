"""`python -m tests.resting`: `python -m app serve`, whose collector rests from the first SIGUSR1 on. Each one after it writes what only
the collector would have found since, as JSON of a count for each type, into the file that UNREACHABLE names."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from app import main
from app.commands.serve import begin
from app.configuration.reading import read

UNREACHABLE = "UNREACHABLE"


def note(*_: object) -> None:
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    found = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.garbage)
    gc.garbage.clear()
    gc.set_debug(0)
    gc.collect()
    gc.disable()
    into = Path(os.environ[UNREACHABLE])
    into.with_suffix(".new").write_text(json.dumps(found))
    into.with_suffix(".new").rename(into)


def create_application() -> Any:
    signal.signal(signal.SIGUSR1, note)
    return main.create_application()


if __name__ == "__main__":
    sys.exit(begin(read(os.environ, Path.cwd()), "tests.resting:create_application"))

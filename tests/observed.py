"""`python -m tests.observed`: `python -m app serve`, with what its callers see of the contract noted in the file that CONTRACT_FACTS names."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from app import main
from app.commands.serve import begin
from app.configuration.reading import read
from proof.coverage.facts import Notebook
from proof.coverage.goals import scope
from proof.coverage.observer import Observer
from proof.protobuf import compiled

OBSERVED = "CONTRACT_FACTS"
ROOT = Path(__file__).parents[1]


def create_application() -> Any:
    return Observer(main.create_application(), scope(compiled(ROOT / "specs")), Notebook(Path(os.environ[OBSERVED])))


if __name__ == "__main__":
    sys.exit(begin(read(os.environ, Path.cwd()), "tests.observed:create_application"))

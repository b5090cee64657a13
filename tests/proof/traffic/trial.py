"""`python -m tests.proof.traffic.trial FOLDER DATABASE_URL REDIS_URL RECORDING REPORT`: runs the service of this folder and plays a recording against it.

It runs in a copy of the tree, whose service may have a fault planted in it. What the replay ended with is what this ends with.
"""

from __future__ import annotations

import sys
from pathlib import Path

from proof.traffic import replay
from tests.running_service import RunningService


def main(folder: str, database_url: str, redis_url: str, recording: str, report: str) -> int:
    with RunningService(Path(folder), database_url, redis_url) as service:
        return replay.main(["--url", service.url, "--json", report, recording])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

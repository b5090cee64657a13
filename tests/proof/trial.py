"""`python -m tests.proof.trial FOLDER DATABASE_URL REDIS_URL SECONDS SEED`: runs the service of this folder, fuzzes it, and prints what was found.

It runs in a copy of the tree, whose service may have a fault planted in it. The last line is the report as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from proof.ws import command
from tests.running_service import RunningService


def main(folder: str, database_url: str, redis_url: str, *options: str) -> int:
    report = Path(folder) / "report.json"
    with RunningService(Path(folder), database_url, redis_url) as service:
        out = str(Path(folder) / "findings")
        ended = command.main(["--url", service.url, "--out", out, "--json", str(report), *options])
    print(json.dumps(json.loads(report.read_text())) if report.is_file() else "{}")
    return ended


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

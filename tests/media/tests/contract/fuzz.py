"""`python -m tests.contract.fuzz FOLDER DATABASE_URL REDIS_URL`: fuzzes REST with bytes, but for the faults that `tail` makes when asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from proof.http.command import main
from tests.running_service import RunningService

SERVED = Path("generated", "specs", "openapi.json")


def fuzz(folder: Path, database_url: str, redis_url: str) -> int:
    document = json.loads(SERVED.read_text())
    tail = document["paths"]["/api/tail"]["get"]
    tail["parameters"] = [one for one in tail["parameters"] if one["name"] != "fault"]
    with RunningService(folder, database_url, redis_url) as service:
        schema = folder / "openapi.json"
        schema.write_text(json.dumps(document))
        return main(
            ["--url", service.url, "--schema", str(schema), "--as", "admin", "--as", "nobody", "--examples", "40"]
        )


if __name__ == "__main__":
    sys.exit(fuzz(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))

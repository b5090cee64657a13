"""`python -m tests.proof.doors.trial POSTGRES FOLDER CASES SEED SCALE OPERATION…`: four services of this folder's code, compared.

It runs in a copy of the tree, whose generated code may be a mutant. The last line is what was found, as JSON; exit code 3 where a
service does not even start.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.development.servers import ServerUnavailable
from proof.doors.command import doors_of
from proof.doors.judgement import Judgement
from proof.doors.run import Comparison
from proof.protobuf import compiled
from tests.proof.doors.four_services import four_services

USERS = ["admin", "editor", "nobody"]
STILLBORN = 3


@dataclass(frozen=True)
class At:
    """A PostgreSQL that runs already."""

    url: str


def read(printed: str) -> dict[str, Any]:
    """What `main` printed last; nothing where that is no report."""
    try:
        found: dict[str, Any] = json.loads((printed.splitlines() or ["{}"])[-1])
    except ValueError:
        return {}
    return found


def main(database: str, folder: str, cases: str, seed: str, scale: str, *operations: str) -> int:
    contract = compiled(Path("specs"))
    try:
        with four_services(Path(folder), At(database), RATE_LIMIT_SCALE=scale) as (urls, databases):
            doors, callers = doors_of(contract, urls, ["admin"] if scale == "1" else USERS)
            comparison = Comparison(
                contract, doors, callers, databases, judgement=Judgement(contract), among=operations
            )
            tally = comparison.run(int(cases), int(seed), max_differences=1)
    except ServerUnavailable as error:
        print(error)
        return STILLBORN
    refused = sum(count for (_, code), count in tally.codes.items() if code == "rate_limited")
    print(json.dumps({"found": [str(one) for one in tally.differences], "cases": tally.cases, "limited": refused}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""`python -m tests.proof.doors`: tries every mutant of what is generated, and prints the table; parts of names behind it choose some.

It stands in a `__main__` since forked services import the main module of who asks for them, but for one of that name.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from app.development.servers import embedded_postgres
from tests.proof.doors.mutants import mutants, unharmed
from tests.proof.doors.stage import ROOT, stage
from tests.proof.doors.trial import Ground, table


def main(*parts: str) -> int:
    """0 where each mutant is told and nothing is told of what is none."""
    wanted = [one for one in mutants(ROOT) if not parts or any(part in one.name for part in parts)]
    with tempfile.TemporaryDirectory(prefix="stele-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded_postgres(folder / "postgres") as postgres, stage(folder, postgres) as on:
            ground, wrong = Ground(on), 0
            for is_mutant, trees in ((False, unharmed(ROOT)), (True, wanted)):
                for one in trees:
                    verdict = ground.tried(one)
                    wrong += bool(verdict.told) is not is_mutant
                    print(*table([verdict]), flush=True)
    print(f"{len(wanted)} mutants; {wrong or 'none'} lived, or were told where nothing was wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

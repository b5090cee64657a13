"""`python -m tests.mutation`: tries the mutants of the pipeline's modules and prints the table; parts of paths behind it choose some.

0 where every mutant was told or is in the list with a reason, 1 where one was not, 2 where the words choose no module.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.mutation.pipeline import ground, modules, table, tried


def main(*parts: str) -> int:
    chosen = [one for one in modules() if not parts or any(part in one for part in parts)]
    with tempfile.TemporaryDirectory(prefix="stele-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with ground(folder / "postgres") as template:
            trials = []
            for module in chosen:
                trials.append(tried(module, folder / Path(module).stem, template))
                print(*table(trials[-1]), sep="\n", flush=True)
    wrong = [one.module for one in trials if not one.is_good]
    print(
        f"{sum(one.ends.total() for one in trials)} mutants; {', '.join(wrong) or 'no module'} has some that live without a reason"
    )
    return 2 if not chosen else int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

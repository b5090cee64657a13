"""The pipeline under mutmut: in which ways its modules could be otherwise without one of their tests telling it.

A module is tried in a copy of the tree, by the tests that mirror its path and no others: what another module's tests would tell by
chance counts for nothing. mutmut changes functions and methods; constants of modules, properties and the methods of data classes stay as
they are.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.development.servers import embedded_postgres
from tests.databases import TEMPLATE, migrated_database, told
from tests.proof.bugs import copy_of
from tests.workbench import ROOT

OTHERS = ("app/auth/signed_tokens.py", "app/auth/verifier.py", "app/ws/session.py")
"""Modules of the pipeline beside `app/execution`."""
ALSO_BY = {"app/auth/signed_tokens.py": "tests/app/auth/test_verifier.py"}
"""Tests of a module beside those of its own path: a token's signature is proven through the verifier."""
RUNS_WITH = ("codegen", "generated", "proof", "specs", ".owners")
"""What the modules and their tests read, beside `app` and `tests`."""
SURVIVORS = Path(__file__).with_name("survivors.toml")
MODULE_S = 3600.0
"""For all mutants of one module."""
WORDS = 8000
"""Of mutmut's, their end."""
FLUSHES = ("fsync", "full_page_writes", "synchronous_commit")
TIMES, AND_S = 3, 20
"""A mutant may take so many times as long as its tests took without it, with so many seconds more; then its tests are stuck, which tells it."""
ASSERTIONS = r"^\s*assert "
"""They tell mypy what is so."""
TOLD = {"killed", "timeout", "segfault"}
LIVES = {"survived", "no tests"}


@dataclass(frozen=True, slots=True)
class Trial:
    """How the mutants of one module have ended. `alive` are those that no test has told, by name."""

    module: str
    ends: Counter[str]
    alive: tuple[str, ...]
    accepted: frozenset[str]
    """Of this module, in the list."""

    @property
    def unlisted(self) -> list[str]:
        return sorted(set(self.alive) - self.accepted)

    @property
    def outlived(self) -> list[str]:
        """In the list, though they are told now, or the code has changed."""
        return sorted(self.accepted - set(self.alive))

    @property
    def unclear(self) -> int:
        """How many have neither been told nor lived: the run says nothing of them."""
        return sum(count for end, count in self.ends.items() if end not in TOLD | LIVES)

    @property
    def is_good(self) -> bool:
        return bool(self.ends) and not self.unlisted and not self.unclear


def modules() -> list[str]:
    """Those of the pipeline that have tests of their own."""
    found = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "app" / "execution").glob("*.py"))]
    return [one for one in (*found, *OTHERS) if all((ROOT / tests).exists() for tests in suite_of(one))]


def suite_of(module: str) -> list[str]:
    """The files that have to tell its mutants."""
    path = Path(module)
    own = str(Path("tests", path.parent, f"test_{path.name}"))
    return [own, *([ALSO_BY[module]] if module in ALSO_BY else [])]


def accepted() -> dict[str, dict[str, str]]:
    """By module and name: why no test has to tell it."""
    return tomllib.loads(SURVIVORS.read_text())


@contextmanager
def ground(folder: Path) -> Iterator[str]:
    """The URL of a database with every table, for a run. Its server flushes nothing: to make and to drop a copy for each mutant would wait for the disk
    most of the time."""
    with embedded_postgres(folder) as postgres:
        for setting in FLUSHES:
            asyncio.run(told(postgres, f"ALTER SYSTEM SET {setting} = off"))
        asyncio.run(told(postgres, "SELECT pg_reload_conf()"))
        yield migrated_database(postgres, "template")


def tried(module: str, folder: Path, template: str) -> Trial:
    """All mutants of one module, two at a time. `folder` is for this module alone, `template` the URL of a database with every table.
    Raises RuntimeError with mutmut's own words where it has not tried them, as where a test fails without any."""
    copy_of(ROOT, folder)
    (folder / "setup.cfg").write_text(settings(module))
    ran = _mutmut(folder, template, "run", "--max-children", "2")
    listed = _mutmut(folder, template, "results", "--all", "true").splitlines()
    ends = dict(line.strip().rsplit(": ", 1) for line in listed if "__mutmut_" in line)
    if not ends or "not checked" in ends.values():
        raise RuntimeError(f"{module}: not all was tried\n{ran[-WORDS:]}")
    alive = [name_of(_mutmut(folder, template, "show", key)) for key, end in ends.items() if end in LIVES]
    return Trial(module, Counter(ends.values()), tuple(alive), frozenset(accepted().get(module, {})))


def settings(module: str) -> str:
    """mutmut's, as it reads them where `pyproject.toml` has none."""
    said = {
        "source_paths": ["app"],
        "only_mutate": [module],
        "also_copy": RUNS_WITH,
        "pytest_add_cli_args_test_selection": suite_of(module),
        "do_not_mutate_patterns": [ASSERTIONS],
        "timeout_multiplier": [str(TIMES)],
        "timeout_constant": [str(AND_S)],
    }
    return "[mutmut]\n" + "".join(f"{name} =\n" + "".join(f"    {one}\n" for one in said[name]) for name in said)


def _mutmut(folder: Path, template: str, *words: str) -> str:
    """What it prints; whether all went well is seen from its results."""
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("mutmut")), *words],
        cwd=folder,
        env={**os.environ, TEMPLATE: template},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=MODULE_S,
    )
    return ended.stdout


def name_of(shown: str) -> str:
    """What `mutmut show` prints, in a line that stays the same while the function's other lines change: `Runner.run: code = OK → code = None`."""
    first, *diff = shown.splitlines()
    key = first.removeprefix("# ").rpartition(".")[2].partition("__mutmut_")[0]
    function = ".".join(key.split("ǁ")[1:]) if "ǁ" in key else key.removeprefix("x_")
    was, becomes = (
        " ".join(line[1:].strip() for line in diff if line.startswith(sign) and not line.startswith(sign * 3))
        for sign in "-+"
    )
    return f"{function}: {was} → {becomes or 'nothing'}"


def table(trial: Trial) -> list[str]:
    """A row, and a line for each mutant that the list has not, or should no longer have."""
    told = {end: trial.ends[end] for end in TOLD}
    alive = sum(trial.ends[end] for end in LIVES)
    row = (
        f"{trial.module:<34} {trial.ends.total():>5} mutants {told['killed'] + told['segfault']:>5} killed "
        f"{told['timeout']:>3} timeouts {alive:>3} survived ({alive - len(trial.unlisted)} with a reason)"
    )
    unclear = [f"  {trial.unclear} ended otherwise: {dict(trial.ends)}"] if trial.unclear else []
    return [
        row,
        *unclear,
        *(f"  LIVES {one}" for one in trial.unlisted),
        *(f"  in the list, but told or gone: {one}" for one in trial.outlived),
    ]

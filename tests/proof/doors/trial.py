"""Whether the doors tell a mutant: four services of the tree that has it are compared until they differ or the calls are made."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from proof.doors.command import doors_of
from proof.doors.judgement import Judgement
from proof.doors.run import Comparison
from proof.protobuf import compiled
from tests.proof.bugs import copy_of
from tests.proof.doors.mutants import LIMIT, Mutant
from tests.proof.doors.stage import ROOT, Stage, Stillborn

USERS = ["admin", "editor", "nobody"]
CASES, LIMIT_CASES = 3000, 3 * LIMIT
LOOK_EVERY = 90
WINDOW_S = 60.0
SCALE = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    mutant: str
    told: str
    """How it was told; nothing where it lives."""
    cases: int = 0
    seconds: float = 0.0


class Ground:
    """A copy of this tree, in which one mutant is planted after the other."""

    def __init__(self, on: Stage) -> None:
        self._on = on
        self._tree = copy_of(ROOT, on.folder / "mutated")
        self._contract = compiled(ROOT / "specs")

    def tried(self, mutant: Mutant) -> Verdict:
        """The tree is as before when it has answered."""
        began = time.monotonic()
        mutant.plant(self._tree)
        try:
            told, cases = self._compared(mutant)
        except Stillborn:
            try:  # It may have been a port that somebody took.
                told, cases = self._compared(mutant)
            except Stillborn as error:
                told, cases = f"does not start: {str(error).splitlines()[-1]}", 0
        finally:
            Mutant("", mutant.file, (ROOT / mutant.file).read_text()).plant(self._tree)
        return Verdict(mutant.name, told, cases, time.monotonic() - began)

    def _compared(self, mutant: Mutant) -> tuple[str, int]:
        cases, scale = (LIMIT_CASES, 1) if mutant.is_of_limits else (CASES, SCALE)
        with self._on.services(self._tree, RATE_LIMIT_SCALE=str(scale)) as (urls, databases):
            doors, callers = doors_of(self._contract, urls, ["admin"] if mutant.is_of_limits else USERS)
            comparison = Comparison(
                self._contract, doors, callers, databases, judgement=Judgement(self._contract), among=mutant.operations
            )
            tally = comparison.run(cases, 1, max_differences=1, look_every=LOOK_EVERY)
        if tally.differences:
            return str(tally.differences[0]), tally.cases
        refused = sum(count for (_, code), count in tally.codes.items() if code == "rate_limited")
        if mutant.is_of_limits and not refused:
            assert tally.seconds < WINDOW_S, "the machine is too slow for this to say anything"
            return f"{tally.cases} calls, where {LIMIT} are allowed", tally.cases
        return "", tally.cases


def table(verdicts: Iterable[Verdict]) -> Iterable[str]:
    for one in verdicts:
        told = " ".join(one.told.splitlines()[0].split()) if one.told else "LIVES"
        yield f"{one.mutant[:90]:<90} {one.cases:>5} calls {one.seconds:>5.0f} s  {told[:160]}"

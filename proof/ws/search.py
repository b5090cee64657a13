"""Looks for sessions that show a fault, makes each as small as it can, and counts what was tried.

Promises: ends within its time and SHRINK_S for each finding; a finding is said once for its check, operation and encoding; the same seed draws
the same sessions. Hypothesis draws and shrinks; whether a smaller session still shows the fault, the running service says.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import given, seed
from hypothesis.errors import Flaky

from proof.drawing import drawing
from proof.ws.checks import judge
from proof.ws.finding import Case, Finding
from proof.ws.plans import Plan
from proof.ws.play import play
from proof.ws.player import Player
from proof.ws.scene import Scene
from proof.ws.session import Session
from proof.ws.transcript import Transcript

SHRINK_S = 15.0
ATTEMPTS = 3
"""How often what was found is played again, to say whether it always shows."""
FIRST_ROUND, LATER_ROUNDS = 12, 60
"""Sessions of each plan."""


class _Enough(BaseException):
    """Ends a search from within Hypothesis, which lets what is no Exception through."""


class _Shown(Exception):
    """A session shows a finding that is not known yet."""


@dataclass(slots=True)
class Found:
    finding: Finding
    session: Session
    transcript: Transcript
    shows: int
    """Of ATTEMPTS."""
    sessions: int
    """Played when it was first seen."""
    at_s: float
    """From the beginning until then; to make it small takes its time."""


@dataclass(slots=True)
class Report:
    seed: int
    sessions: int = 0
    calls: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By operation, encoding, and the code that was answered."""
    plans: Counter[str] = field(default_factory=Counter)
    found: list[Found] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class Search:
    """`ignore` has findings that are not to be said: `check`, or `check:about`."""

    def __init__(
        self,
        scene: Scene,
        player: Player,
        *,
        base_seed: int,
        ignore: frozenset[str] = frozenset(),
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._scene = scene
        self._player = player
        self._ignore = ignore
        self._tell = tell
        self._runner = asyncio.Runner()
        self._known: set[tuple[str, str, str]] = set()
        self._began = time.monotonic()
        self._until = 0.0
        self.report = Report(base_seed)

    def run(
        self, plans: list[Plan], seconds: float, max_findings: int = 20, on_warm: Callable[[], None] = lambda: None
    ) -> Report:
        """Every plan a little, then each more, until the time is over or enough is found. `on_warm` hears of the end of the
        first round: what the service makes once is made."""
        self._began = time.monotonic()
        self._until = self._began + seconds
        chance = random.Random(self.report.seed)
        examples = FIRST_ROUND
        try:
            while self._goes_on(max_findings):
                for plan in plans:
                    if self._goes_on(max_findings):
                        self._try(plan, examples, chance.getrandbits(32), max_findings)
                if examples == FIRST_ROUND:
                    on_warm()
                self._tell(
                    f"{self.report.sessions} sessions, {sum(self.report.calls.values())} calls, {len(self.report.found)} findings"
                )
                examples = LATER_ROUNDS
        except _Enough:
            pass
        finally:
            self._runner.close()
        self.report.seconds = time.monotonic() - self._began
        return self.report

    def play(self, session: Session) -> tuple[Transcript, list[Finding]]:
        """Once; findings that are ignored are counted, and not among them."""
        transcript = self._runner.run(play(self._player, session))
        self._count(session, transcript)
        case = Case(self._scene.socket, self._scene.values, session, transcript, self._scene.roles)
        findings = judge(case)
        for one in findings:
            if self._is_ignored(one):
                self.report.ignored[one.check] += 1
        return transcript, [one for one in findings if not self._is_ignored(one)]

    def _is_ignored(self, one: Finding) -> bool:
        return bool({one.check, f"{one.check}:{one.about}"} & self._ignore)

    def _count(self, session: Session, transcript: Transcript) -> None:
        self.report.sessions += 1
        self.report.plans[session.plan] += 1
        for call in transcript.calls.values():
            self.report.calls[call.send.operation, call.encoding, call.code or "-"] += 1

    def _goes_on(self, max_findings: int) -> bool:
        return time.monotonic() < self._until and len(self.report.found) < max_findings

    def _try(self, plan: Plan, examples: int, one_seed: int, max_findings: int) -> None:
        """Again after each finding, since the next may lie behind it."""
        while self._goes_on(max_findings):
            best = _Best()
            with suppress(_Shown, _Enough, Flaky, BaseExceptionGroup):  # What shows now and then is a finding too.
                self._hunt(plan, examples, one_seed, best)
            if best.session is None or best.finding is None:
                return
            self._keep(best)

    def _hunt(self, plan: Plan, examples: int, one_seed: int, best: _Best) -> None:
        @seed(one_seed)
        @drawing(examples)
        @given(plan.sessions)
        def look(session: Session) -> None:
            if time.monotonic() > (best.until or self._until):
                raise _Enough
            for _ in range(1 if best.finding is None else ATTEMPTS):
                transcript, findings = self.play(session)
                fresh = [one for one in findings if one.name not in self._known]
                if best.finding is not None:
                    fresh = [one for one in fresh if one.name == best.finding.name]
                if fresh:
                    best.take(fresh[0], session, transcript, self.report.sessions)
                    raise _Shown

        look()

    def _keep(self, best: _Best) -> None:
        assert best.finding is not None
        assert best.session is not None
        assert best.transcript is not None
        shows = 0
        for _ in range(ATTEMPTS):
            transcript, findings = self.play(best.session)
            if any(one.name == best.finding.name for one in findings):
                shows, best.transcript = shows + 1, transcript
        self._known.add(best.finding.name)
        at_s = best.seen_at - self._began
        self.report.found.append(Found(best.finding, best.session, best.transcript, shows, best.sessions, at_s))
        self._tell(f"{best.finding.check} {best.finding.about}: {best.finding.text}")


@dataclass(slots=True)
class _Best:
    """The smallest session that shows what was first seen."""

    finding: Finding | None = None
    session: Session | None = None
    transcript: Transcript | None = None
    sessions: int = 0
    seen_at: float = 0.0

    @property
    def until(self) -> float:
        """When it is small enough; 0 before there is any."""
        return self.seen_at and self.seen_at + SHRINK_S

    def take(self, finding: Finding, session: Session, transcript: Transcript, sessions: int) -> None:
        if self.session is None:
            self.sessions, self.seen_at = sessions, time.monotonic()
        if self.session is None or session.size() <= self.session.size():
            self.finding, self.session, self.transcript = finding, session, transcript

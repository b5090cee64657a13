"""How Hypothesis draws for engines that ask a running service: a bounded number of cases, shrunk, and nothing that outlives the run."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, Verbosity, settings


def drawing(examples: int) -> settings:
    """At most so many; a case may take its time, and one finding ends it. What is said is for the engine to say."""
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )

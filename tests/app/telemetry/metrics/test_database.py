"""Statements by name; a program that makes names as it runs makes no series without end."""

from __future__ import annotations

from app.telemetry.metrics.database import MAX_STATEMENTS
from app.telemetry.metrics.metrics import Metrics
from generated.product import NAME
from tests.app.telemetry.metrics.test_metrics import KNOWN, samples


def test_statements_and_their_errors_are_counted_by_name() -> None:
    found = Metrics(KNOWN)
    for seconds in (0.0004, 0.3):
        found.database.statement("select artist", seconds)
    found.database.statement_failed("select artist", "lost")
    values = samples(found)
    assert values[f"{NAME}_database_statement_seconds_count", ("select artist",)] == 2
    assert values[f"{NAME}_database_statement_seconds_bucket", ("0.25", "select artist")] == 1
    assert values[f"{NAME}_database_statement_errors_total", ("lost", "select artist")] == 1


def test_names_beyond_the_bound_are_other() -> None:
    found = Metrics(KNOWN)
    for number in range(MAX_STATEMENTS + 20):
        found.database.statement(f"made {number}", 0.01)
        found.database.statement_failed(f"made {number}", "internal")
    counts = {key: value for key, value in samples(found).items() if key[0].endswith("statement_seconds_count")}
    assert len(counts) == MAX_STATEMENTS + 1
    assert counts[f"{NAME}_database_statement_seconds_count", ("other",)] == 20
    found.database.statement("made 3", 0.01)
    assert samples(found)[f"{NAME}_database_statement_seconds_count", ("made 3",)] == 2


def test_waits_are_counted_by_how_they_end() -> None:
    found = Metrics(KNOWN)
    found.database.waited(0.3, "served")
    found.database.waited(0.5, "refused")
    assert samples(found)[f"{NAME}_database_pool_wait_seconds_count", ("refused",)] == 1

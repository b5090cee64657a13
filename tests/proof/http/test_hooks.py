"""What the hooks make of a run: half of the valid logins are the caller's, and the rest of the cases are as they were drawn."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import given, settings
from schemathesis import GenerationMode

from proof.http.hooks import logging_in
from tests.proof.http.things import DOCUMENT

CREDENTIALS = {"log_in": {"user": "keeper", "word": "secret"}}


def drawn(path: str, mode: GenerationMode) -> list[tuple[Any, Any]]:
    """Bodies before and after the hook."""
    seen: list[tuple[Any, Any]] = []
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path]["POST"]

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=60, database=None, derandomize=True)
    def draw(case: schemathesis.Case[Any]) -> None:
        before = case.body
        seen.append((before, logging_in(case, CREDENTIALS).body))

    draw()
    return seen


def test_about_half_of_the_valid_logins_succeed() -> None:
    bodies = [after for _, after in drawn("/session", GenerationMode.POSITIVE)]
    ours = bodies.count(CREDENTIALS["log_in"])
    assert 0 < ours < len(bodies)


def test_invalid_logins_and_other_operations_stay() -> None:
    for path, mode in (("/session", GenerationMode.NEGATIVE), ("/things", GenerationMode.POSITIVE)):
        assert [before for before, after in drawn(path, mode) if before != after] == []

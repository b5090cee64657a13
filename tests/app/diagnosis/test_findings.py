"""What was found becomes one line with what to do, and an exit code that scripts can use."""

from __future__ import annotations

import pytest

from app.diagnosis.findings import Finding, State, exit_code_of


def test_a_line_names_the_part_and_what_to_do() -> None:
    assert Finding("REDIS_URL", State.AWAY, "it is silent", "start it").line == "REDIS_URL: it is silent; start it"
    assert Finding("nofile", State.OK, "enough").line == "nofile: enough"


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ((), 0), ((State.OK, State.WARNING, State.UNCHECKED), 0), ((State.OK, State.AWAY), 69), ((State.AWAY, State.FAULT), 78),
    ],
)  # fmt: skip
def test_the_worst_decides_the_exit_code(states: tuple[State, ...], code: int) -> None:
    assert exit_code_of(Finding("x", one, "") for one in states) == code

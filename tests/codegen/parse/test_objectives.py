"""`x-slo` becomes an objective; what has another form is none, and W002 says so."""

from __future__ import annotations

import pytest

from codegen.ir.operations import Objective
from codegen.parse.objectives import objective


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("none", None),
        ({"availability": 99.9}, Objective(99.9)),
        ({"availability": 99, "latency": {"percent": 95, "within": "1s"}}, Objective(99.0, 95.0, 1.0)),
        ({"availability": 99, "latency": {"percent": 95, "within": "soon"}}, None),
        ({"latency": {"percent": 95, "within": "1s"}}, None),
        ({"availability": "much"}, None),
        ({"availability": 99, "latency": 3}, None),
        ([99], None),
    ],
)
def test_a_word_becomes_an_objective(word: object, expected: Objective | None) -> None:
    assert objective(word) == expected

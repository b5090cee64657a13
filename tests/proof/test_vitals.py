"""What a service holds is read from its metrics, and what has grown beyond what may be is said."""

from __future__ import annotations

import pytest

from proof.vitals import ALLOWED, Vitals, measure, settled
from tests.running_service import RunningService


@pytest.mark.parametrize("name", ALLOWED)
def test_growth_above_what_may_be_is_said_and_no_less(name: str) -> None:
    before = Vitals({f"shop_{name}": 10.0})
    assert before.grown(Vitals({f"shop_{name}": 10.0 + ALLOWED[name]})) == []
    (said,) = before.grown(Vitals({f"shop_{name}": 11.0 + ALLOWED[name]}))
    assert name in said
    assert before.grown(Vitals({})) == [], "what is no longer measured has not grown"


def test_the_service_says_memory_files_sockets_and_tasks(service: RunningService) -> None:
    found = measure(f"{service.url}/metrics")
    assert found is not None
    assert {end for end in ALLOWED if any(name.endswith(end) for name in found.held)} == ALLOWED.keys()
    assert settled(f"{service.url}/metrics", found) is not None


def test_where_nothing_says_it_there_is_none(service: RunningService) -> None:
    assert measure("http://127.0.0.1:9/metrics") is None
    assert measure(f"{service.url}/no_such_place") is None
    assert measure(f"{service.url}/openapi.json") is None

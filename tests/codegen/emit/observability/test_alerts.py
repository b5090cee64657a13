"""An alert as Prometheus reads it."""

from __future__ import annotations

import pytest

from codegen.emit.observability.alerts import Alert, named


def test_an_alert_says_whom_it_wakes_for_which_service_and_where_to_read_on() -> None:
    alert = Alert(
        "DeskIsFull", "ticket", "NAME_rows > 3", "5m", "{{ $labels.job }} of NAME", "NAME is full.", ("Look.",)
    )
    assert alert.rule("desk", "page.md") == {
        "alert": "DeskIsFull",
        "expr": "desk_rows > 3",
        "for": "5m",
        "labels": {"severity": "ticket", "service": "desk"},
        "annotations": {
            "summary": "{{ $labels.job }} of desk",
            "description": "desk is full.",
            "runbook": "page.md#deskisfull",
        },
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(NAME_a_total) by (RENAMED)", "sum(desk_a_total) by (RENAMED)"),
        ("operation:NAME_b:c NAME", "operation:desk_b:c desk"),
        ("NAMES FILENAME NAME1", "NAMES FILENAME NAME1"),
    ],
)
def test_a_name_stands_for_the_product_only_where_it_is_a_word_of_its_own(text: str, expected: str) -> None:
    assert named(text, "desk") == expected

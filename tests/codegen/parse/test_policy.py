"""The vocabulary files are read whole; a wrong entry hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.parse.policy import seconds
from tests.codegen.contracts import edited, rules, shipped


@pytest.mark.parametrize(("text", "value"), [("250ms", 0.25), ("5s", 5.0), ("2m", 120.0), ("1h", 3600.0)])
def test_durations_have_a_unit(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["5", "s", "-1s", "1.5s", 5, None])
def test_anything_else_is_no_duration(text: object) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("policy.yaml", "buckets:", "pails:", "V001"),
        ("policy.yaml", "window: 60s, key: user", "window: 60, key: user", "V002"),
        ("policy.yaml", "key: ip", "key: planet", "V002"),
        ("errors.yaml", "status: 504", "status: 204", "V002"),
        ("errors.yaml", "token_expired: 4401", "token_expired: soon", "V002"),
        ("extensions.json", "{", "[", "V003"),
        ("contract.lock", "GET_AUTHORS: 1", "GET_AUTHORS: one", "V004"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new)))


def test_the_shipped_vocabulary_is_read() -> None:
    contract = shipped()
    assert {one.name for one in contract.buckets} >= {"reads", "writes", "login"}
    assert dict(contract.close_codes)["token_expired"] == 4401

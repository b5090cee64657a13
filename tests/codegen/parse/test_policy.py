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
    with pytest.raises(TypeError, match="is not a duration"):
        seconds(text)


def test_an_error_s_frame_code_is_one_of_the_codes(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path, ("errors.yaml", "timeout: {status: 504, rsp: TIMEOUT", "timeout: {status: 504, rsp: LATE")
    )
    assert "V002" in rules(loaded)


def test_what_the_pipeline_needs_is_there_though_the_contract_leaves_it_out(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("errors.yaml", "  idempotency_key_reused: {", "  other_key: {"),
        ("errors.yaml", "  auth_timeout: 4408\n", ""),
        ("policy.yaml", "  handshakes: {limit: 600, window: 60s, key: ip, when_down: local}\n", ""),
    )
    assert not len(loaded.findings), loaded.report()
    assert "idempotency_key_reused" in {error.code for error in loaded.contract.errors}
    assert dict(loaded.contract.close_codes)["auth_timeout"] == 4408
    assert "handshakes" in {bucket.name for bucket in loaded.contract.buckets}


def test_the_shipped_vocabulary_is_read() -> None:
    contract = shipped()
    assert {one.name for one in contract.buckets} >= {"reads", "writes", "login"}
    assert dict(contract.close_codes)["token_expired"] == 4401

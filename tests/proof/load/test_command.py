"""`python -m proof load` against a mock that runs: what it says and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proof.load.command import KEPT, MISSED, UNUSABLE, main
from tests.codegen.contracts import SHIPPED
from tests.proof.mock.mocks import serving

SHORT = ["--specs", str(SHIPPED), "--rate", "60", "--seconds", "1", "--seed", "1"]


def test_a_service_that_keeps_its_promises_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every operation that promises something is asked at each of its doors."""
    report = tmp_path / "load.json"
    with serving(SHIPPED) as url:
        assert main([*SHORT, "--url", url, "--json", str(report)]) == KEPT
    assert "60 calls" not in capsys.readouterr().err
    asked = {(one["operation"], one["door"]) for one in json.loads(report.read_text())}
    assert {("get_artist", door) for door in ("REST-json", "REST-protobuf", "WS-json", "WS-protobuf")} <= asked


@pytest.mark.parametrize("fault", [("--latency", "300ms..310ms"), ("--fail", "0.5")])
def test_one_that_is_slow_or_fails_does_not(fault: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with serving(SHIPPED, *fault) as url:
        code = main([*SHORT, "--url", url, "--only-reads", "--operation", "get_artists"])
    assert code == MISSED
    assert "missed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--operation", "get_nothing"], "there is no get_nothing"),
        (["--url", "http://127.0.0.1:1"], "does the service run?"),
        (["--specs", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_asked_is_said(more: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, *more]) == UNUSABLE
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["0", "-1", "nan", "1e9", "fast"])
def test_a_rate_that_is_none_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--rate", wrong])
    assert ended.value.code == UNUSABLE
    assert "is no number above 0" in capsys.readouterr().err

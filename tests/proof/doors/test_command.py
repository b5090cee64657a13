"""`python -m proof doors`: which doors there are, and what it answers where nothing can be asked."""

from __future__ import annotations

import pytest

from proof.doors.command import UNUSABLE, doors_of, main
from tests.codegen.contracts import shipped
from tests.running_service import RunningService


def test_a_contract_has_the_doors_that_it_describes() -> None:
    doors, callers = doors_of(shipped(), ["http://127.0.0.1:1"], ["admin", "editor:secret"])
    assert [door.name for door in doors] == ["REST-json", "REST-protobuf", "WS-json", "WS-protobuf"]
    assert callers == ["admin", "editor"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--url", "http://127.0.0.1:1", "--url", "http://127.0.0.1:2"],
            "expected one, or one for each of the 4 doors; found 2",
        ),
        (["--specs", "no-such-folder"], "no-such-folder"),
        (["--database", "postgresql://x"], "there are 4 doors, and 1 databases"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == UNUSABLE
    assert said in capsys.readouterr().err


def test_with_one_service_only_what_reads_is_asked(service: RunningService, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--url", service.url, "--cases", "60", "--seed", "1"]) == 0
    told = capsys.readouterr().out
    assert "create_artist" not in told
    assert "get_artists" in told
    assert "no differences" in told

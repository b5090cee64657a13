"""A tally survives the way from one process to the other."""

from __future__ import annotations

from pathlib import Path

from proof.http.tally import Tally


def test_what_is_written_is_read(tmp_path: Path) -> None:
    tally = Tally()
    for status, code in ((201, None), (201, None), (304, None), (404, "thing_not_found"), (500, None)):
        tally.hear("GET /things", status, code)
    tally.excused["for a reason"] += 2
    tally.write(tmp_path / "tally.json")
    read = Tally.read(tmp_path / "tally.json")
    assert read == tally
    assert read.answers["GET /things"] == {"201": 2, "304": 1, "404 thing_not_found": 1, "500": 1}
    assert read.successes("GET /things") == 3
    assert read.successes("POST /things") == 0


def test_a_process_that_wrote_none_has_heard_nothing(tmp_path: Path) -> None:
    assert Tally.read(tmp_path / "tally.json") == Tally()

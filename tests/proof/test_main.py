"""`python -m proof` hands its words to the engine that the first one names."""

from __future__ import annotations

import pytest

from proof.__main__ import main


@pytest.mark.parametrize("arguments", [[], ["nothing"]])
def test_without_an_engine_it_says_which_there_are(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "http" in capsys.readouterr().err


def test_an_engine_gets_the_rest_of_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["http", "--schema", "no/such/file.json"]) == 2
    assert "no/such/file.json" in capsys.readouterr().err

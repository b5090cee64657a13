"""What is said nearer wins; the places are variables, `.env.<environment>`, `.env`, and files that any of them names."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.configuration.sources import gather, merged


def test_the_nearest_wins_and_says_where_it_is(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ENVIRONMENT=test\nPORT=1\nWORKERS=2\nHOST=a\n")
    (tmp_path / ".env.test").write_text("PORT=3\nWORKERS=4\n")
    found = gather({"PORT": "5"}, tmp_path)
    said = {name: (one.text, one.origin) for name, one in found.said.items()}
    assert said == {
        "ENVIRONMENT": ("test", ".env"), "PORT": ("5", "variable"), "WORKERS": ("4", ".env.test"), "HOST": ("a", ".env"),
    }  # fmt: skip


def test_a_file_of_another_environment_is_not_read(tmp_path: Path) -> None:
    (tmp_path / ".env.production").write_text("PORT=1\n")
    assert gather({"ENV": "development"}, tmp_path).of("PORT") is None
    assert gather({}, tmp_path).of("PORT") == "1"


def test_a_secret_in_a_file_is_its_text_without_the_last_line_s_end(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2\n")
    for said in ({"SIGNING_SECRET_FILE": str(tmp_path / "secret")}, {}):
        (tmp_path / ".env").write_text(f"SIGNING_SECRET_FILE={tmp_path}/secret\n")
        found = gather(said, tmp_path).said["SIGNING_SECRET"]
        assert (found.text, found.origin) == ("hunter2", f"file {tmp_path}/secret")


def test_a_dollar_in_a_file_is_a_dollar(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SIGNING_SECRET='a${HOME}$b'\n")
    assert gather({}, tmp_path).of("SIGNING_SECRET") == "a${HOME}$b"


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"PORT": "1", "PORT_FILE": "/x"}, ["PORT: is set twice, as PORT and PORT_FILE; leave one of them out"]),
        ({"ENV": "test", "ENVIRONMENT": "production"}, ["ENVIRONMENT: is set twice, as ENVIRONMENT and ENV; leave one of them out"]),
        ({"ENV": "test", "ENVIRONMENT": "test"}, []),
    ],
)  # fmt: skip
def test_what_is_said_twice_is_a_fault_unless_both_say_the_same(
    tmp_path: Path, said: dict[str, str], faults: list[str]
) -> None:
    assert gather(said, tmp_path).faults == faults


def test_who_starts_others_hands_on_what_is_said_elsewhere(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=1\nHOST=a\n")
    assert merged({"PORT": "2", "HOME": "h"}, tmp_path) == {"PORT": "2", "HOME": "h", "HOST": "a"}
    (tmp_path / "secret").write_text("hunter2")
    assert merged({"REDIS_URL_FILE": f"{tmp_path}/secret"}, tmp_path) == {
        "PORT": "1",
        "HOST": "a",
        "REDIS_URL": "hunter2",
    }

"""One line and exit code 2 for what cannot be served; what the options ask for is what comes."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

import httpx2
import pytest

from proof.documents import DocumentError
from proof.mock.command import main, user
from proof.protobuf import compiled
from tests.codegen.contracts import SHIPPED
from tests.proof.mock.mocks import serving

WAIT_S = 30.0


def test_help_names_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert [
        one for one in ("--watch", "--user", "--latency", "--fail", "--drop-reply", "--close") if one not in told
    ] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--specs", "no/such/folder"], "there is no such folder"),
        (["--specs", str(SHIPPED), "--user", "eve=no-such-role"], "there is no role no-such-role"),
        (["--specs", str(SHIPPED), "--host", "192.0.2.1"], "assign"),
    ],
)
def test_what_cannot_be_served_is_one_line_and_2(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_port_that_is_taken_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--specs", str(SHIPPED), "--port", str(taken.getsockname()[1])]) == 2
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--latency", "soon"], ["--fail", "2"], ["--no-such"]])
def test_a_wrong_option_is_2(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err


def test_a_user_has_the_roles_that_are_named() -> None:
    every = frozenset({"reader", "writer"})
    assert user("eve", every) == ("eve", every)
    assert user("eve=", every) == ("eve", frozenset())
    assert user("eve=reader,writer", every) == ("eve", every)


def test_a_contract_with_faults_is_refused_with_the_compiler_s_words(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no contract that compiles"):
        compiled(tmp_path)


def test_latency_and_failures_come_as_asked() -> None:
    headers = {"Authorization": "Bearer eve"}
    options = ["--user", "eve", "--latency", "200ms", "--fail", "1", "--rows", "0"]
    with serving(SHIPPED, *options) as url:
        began = time.monotonic()
        answer = httpx2.get(f"{url}/api/artists", headers=headers, trust_env=False)
        assert time.monotonic() - began >= 0.2
        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "unavailable", "1")


def test_a_change_of_the_contract_is_served_anew(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    shutil.copytree(SHIPPED, specs)
    with serving(specs, "--watch") as url:
        http = specs / "http" / "artists.yaml"
        told = "Read one artist."
        assert told in http.read_text()
        http.write_text(http.read_text().replace(told, "Tell of an artist."))
        until = time.monotonic() + WAIT_S
        while "Tell of an artist." not in httpx2.get(f"{url}/openapi.json", trust_env=False).text:
            assert time.monotonic() < until, "the change is not served"
            time.sleep(0.1)

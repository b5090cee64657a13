"""The command begins with what it needs or says in one line what is missing, and ends cleanly when it is asked to."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.development.servers import free_port
from proof.traffic.lines import Begin, End, read
from proof.traffic.record import main, origin
from tests.running_service import RunningService


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--url", "nowhere"], "expected http://host:port"),
        (["--url", "http://127.0.0.1:1"], "does the service run"),
        (["--specs", "no/such/folder"], "there is no such folder"),
    ],
)
def test_what_is_missing_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_a_place_that_is_taken_or_none_is_said(
    service: RunningService, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        out = ["--url", service.url, "--out", str(tmp_path / "t")]
        assert main([*out, "--listen", f"127.0.0.1:{taken.getsockname()[1]}"]) == 2
        assert main([*out, "--listen", "8100"]) == 2
    assert "expected host:port" in capsys.readouterr().err
    assert not (tmp_path / "t").exists()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_asked_to_with_a_socket_open(
    sign: signal.Signals, service: RunningService, tmp_path: Path
) -> None:
    file, port = tmp_path / "traffic", free_port()
    words = ["--url", service.url, "--listen", f"127.0.0.1:{port}", "--out", str(file)]
    process = subprocess.Popen([sys.executable, "-m", "proof", "record", *words], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "passes on to" in process.stderr.readline()
    held = socket.create_connection(("127.0.0.1", port), 10)
    held.sendall(
        f"GET /web?auth=frame HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{KEY}\r\n".encode()
    )
    assert b" 101 " in held.recv(1000)
    began = time.monotonic()
    process.send_signal(sign)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 0, told
    assert time.monotonic() - began < 15
    assert "lines" in told
    lines = list(read(file))
    assert isinstance(lines[0], Begin)
    assert isinstance(lines[-1], End)
    held.close()


KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"


def test_an_origin_has_no_path() -> None:
    assert origin("http://a:5/b?c") == "http://a:5"

"""`python -m app connections` shows a table; where nobody can be asked it says so with an exit code."""

from __future__ import annotations

import os
import subprocess
import sys

from app.commands.connections import as_text
from app.development.servers import free_port
from tests.app.commands.test_serve import development

ONE = {
    "user": "reader", "address": "10.0.0.1", "subprotocol": "stele.v1.json", "since": 0.0, "topics": ["artists", "news"],
    "in_flight": 2, "queued_bytes": 1024, "worker": 7,
}  # fmt: skip


def test_a_line_for_each_and_how_many_there_are() -> None:
    head, reader, pending, last = as_text([ONE, ONE | {"user": None, "topics": []}]).splitlines()
    assert head.split()[:3] == ["user", "address", "subprotocol"]
    assert reader.split() == [
        "reader", "10.0.0.1", "stele.v1.json", "1970-01-01T00:00:00+00:00", "artists,news", "2", "1024", "7",
    ]  # fmt: skip
    assert pending.startswith("- ")
    assert last == "2 open"
    assert as_text([]).splitlines()[-1] == "0 open"


def test_what_a_terminal_would_obey_is_shown_and_not_done() -> None:
    table = as_text([ONE | {"user": "a\x1b[2Jb\r\nc\u202e"}])
    assert "a\\x1b[2Jb\\r\\nc\\u202e" in table
    assert len(table.splitlines()) == 3


def test_without_an_admin_port_or_a_node_it_says_so() -> None:
    for port, code, said in (("0", 1, "opens none"), (str(free_port()), 69, "does not answer")):
        settings = development("postgresql://u@h/d", "redis://h", ADMIN_PORT=port)
        ended = subprocess.run(
            [sys.executable, "-m", "app", "connections"], env={**os.environ, **settings, "http_proxy": "http://127.0.0.1:1"}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert (ended.returncode, ended.stdout) == (code, "")
        assert said in ended.stderr

"""No line holds a credential; a line of a request has its trace id."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from app.telemetry.correlation import CURRENT, Correlation
from app.telemetry.logs import add_correlation, scrub_event
from app.telemetry.scrubbing import SCRUBBED, scrub
from generated.product import NAME

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"  # pragma: allowlist secret


@pytest.mark.parametrize(
    "text",
    [f"Authorization: Bearer {TOKEN}", f"/web?Authorization=Bearer%20{TOKEN}", f"token {TOKEN} seen", "password=hunter2hunter2",
     f"bearer.{TOKEN.replace('.', '')}", '{"refresh_token": "abcdefghijk"}', "?ticket=abcdefgh12345678"],
)  # fmt: skip
def test_what_looks_like_a_credential_is_scrubbed(text: str) -> None:
    cleaned = scrub(text)
    assert SCRUBBED in cleaned
    for secret in (TOKEN, "hunter2", "abcdefghijk", "abcdefgh1"):
        assert secret not in cleaned


def test_credentials_are_scrubbed_however_deep_they_stand() -> None:
    held: dict[str, Any] = {
        "headers": {"Authorization": "Basic abc", "accept": "x"},
        "list": [{"a": (f"see {TOKEN}",)}],
        "password": "hunter2",
    }
    held["error"] = ValueError(f"no: {TOKEN}")
    cleaned = scrub_event(None, "info", {"count": 1, "nothing": None, **held})
    said = repr(cleaned)
    assert (cleaned["count"], cleaned["nothing"], cleaned["headers"]["accept"]) == (1, None, "x")
    assert not [secret for secret in (TOKEN, "abc'", "hunter2") if secret in said]


def test_what_is_nested_without_end_becomes_a_text() -> None:
    circle: dict[str, object] = {"token": TOKEN}
    circle["self"] = circle
    assert TOKEN not in repr(scrub_event(None, "info", circle))


def test_other_text_stays() -> None:
    assert scrub("GET /api/artists?name=Bearer") == "GET /api/artists?name=Bearer"


class Ann:
    subject = "issuer:ann"


def test_a_line_says_whose_it_is_unless_it_says_so_itself() -> None:
    token = CURRENT.set(Correlation("abc", "get_artists", "http", Ann()))
    try:
        whole = {"trace_id": "abc", "operation": "get_artists", "door": "http", "subject": "issuer:ann"}
        assert add_correlation(None, "info", {}) == whole
        assert add_correlation(None, "info", {"trace_id": "own", "x": 1}) == {**whole, "trace_id": "own", "x": 1}
    finally:
        CURRENT.reset(token)
    assert add_correlation(None, "info", {}) == {}


def test_a_line_is_one_json_object_and_uvicorn_s_lines_are_too() -> None:
    program = (
        "import logging, structlog\nfrom app.telemetry.logs import configure\nconfigure('INFO', is_json=True)\n"
        f"structlog.get_logger('a').warning('said', token='{TOKEN}', text='two\\nlines')\n"
        "logging.getLogger('uvicorn.error').error('failed %s', 'x')\nlogging.getLogger('uvicorn.error').info('opened')\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    first, second = (json.loads(line) for line in out.splitlines())
    assert (first["event"], first["token"], first["text"]) == ("said", SCRUBBED, "two\nlines")
    assert (second["event"], second["level"]) == ("failed x", "error")
    assert first["service"] == second["service"] == NAME


@pytest.mark.parametrize("is_json", [True, False])
def test_a_traceback_and_a_library_s_line_hold_no_credential_either(is_json: bool) -> None:
    program = (
        "import logging, structlog\nfrom app.telemetry.correlation import CURRENT, Correlation\n"
        f"from app.telemetry.logs import configure\nconfigure('INFO', is_json={is_json})\nCURRENT.set(Correlation('trace-7'))\n"
        f"try:\n    raise ValueError('Authorization: Bearer ' + '{TOKEN}')\n"
        "except ValueError:\n    structlog.get_logger('a').exception('failed')\n    logging.getLogger('lib').exception('lib')\n"
        f"logging.getLogger('lib').warning('got %s', '{TOKEN}')\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert TOKEN not in out
    assert "ValueError" in out
    assert out.count(SCRUBBED) >= 3
    assert out.count("trace-7") == 3


def test_a_level_is_kept_and_nothing_is_written_for_each_request() -> None:
    program = (
        "import logging, structlog\nfrom app.telemetry.logs import configure\nconfigure('WARNING', is_json=True)\n"
        "structlog.get_logger('a').info('quiet')\nstructlog.get_logger('a').warning('loud')\nconfigure('INFO', is_json=True)\n"
        "for name in ('uvicorn.access', 'httpx', 'httpx2'):\n    logging.getLogger(name).info('one request')\n"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["loud"]


def test_whatever_is_printed_or_goes_uncaught_is_a_line_and_nothing_else_is_written() -> None:
    """Python prints these to stderr by itself, from the event loop's thread too."""
    program = (
        "import sys, threading, warnings\nfrom app.telemetry.logs import configure\nconfigure('INFO', is_json=True)\n"
        "class Bad:\n    def __del__(self): raise ValueError('in del')\n"
        f"print('printed', 'password={TOKEN}')\nprint('half', end='', file=sys.stderr); print(' line', file=sys.stderr)\n"
        "warnings.warn('warned'); bad = Bad(); del bad\n"
        "thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()\nraise KeyError('at the end')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (1, "")
    assert [line["event"] for line in lines[:2]] == [f"printed password={SCRUBBED}", "half line"]
    assert "warned" in lines[2]["event"]
    assert ["ValueError" in lines[3]["exception"], "ZeroDivisionError" in lines[4]["exception"]] == [True, True]
    assert "KeyError: 'at the end'" in lines[5]["exception"]
    assert len(lines) == 6

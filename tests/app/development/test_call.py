"""`python -m app.development call`: one frame over the socket, printed as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from app.development.call import over_http
from generated.bindings import HttpFile, HttpParameter
from generated.http_routes import ROUTES
from tests.running_service import RunningService

NOBODY_LISTENS = "http://127.0.0.1:9"


def call(address: str, operation: str, *words: str, user: str = "reader") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app.development", "call", operation, *words, "--user", user, "--address", address]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_reply_is_printed(service: RunningService) -> None:
    done = call(service.url, "get_paginated_artists", '{"per_page": 1}')
    reply = json.loads(done.stdout)
    assert (reply["pkg_id"], reply["status_code"], reply["meta"]["per_page"]) == (2, 0, 1)
    assert done.returncode == 0


@pytest.mark.parametrize("nothing", [(), ("",), ("{}",)])
def test_an_operation_that_needs_no_field_is_called_without_any(
    service: RunningService, nothing: tuple[str, ...]
) -> None:
    assert call(service.url, "get_paginated_artists", *nothing).returncode == 0


def test_a_refusal_is_printed_as_well(service: RunningService) -> None:
    done = call(service.url, "create_artist", '{"name": "x"}')
    reply = json.loads(done.stdout)
    assert (reply["status_code"], reply["data"]["code"], done.returncode) == (3, "forbidden", 0)


def test_a_user_who_is_not_known_is_one_line(service: RunningService) -> None:
    done = call(service.url, "get_artists", user="no one")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"no one cannot log in at {service.url}: 401 Unauthorized\n"


def test_a_service_that_is_not_there_is_one_line_that_says_how_to_start_it() -> None:
    done = call(NOBODY_LISTENS, "get_artists")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert done.stderr.startswith(f"nothing answers at {NOBODY_LISTENS} (")
    assert "make run" in done.stderr


@pytest.mark.parametrize(
    ("operation", "data", "said"),
    [
        ("get_artsts", "{}", "there is no operation 'get_artsts': did you mean get_artists"),
        ("zzz", "{}", "there is no operation 'zzz': the socket has "),
        (
            "login",
            "{}",
            "login has no PkgID: it is called over HTTP, as by curl -X POST -H 'content-type: application/json' -d '{…}' ADDRESS/auth/login\n",
        ),
        ("get_artists", "{", "Expecting property name"),
    ],
)
def test_what_cannot_be_called_is_one_line(operation: str, data: str, said: str) -> None:
    done = call(NOBODY_LISTENS, operation, data)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(said)


def test_bytes_are_asked_for_by_a_file() -> None:
    """A frame has none; curl says where they are."""
    login = next(one for one in ROUTES if one.operation.name == "login")
    body = replace(login, files=(HttpFile("content", 10, ("image/png",)),))
    assert over_http(body) == ", as by curl -X POST -H 'content-type: image/png' --data-binary @FILE ADDRESS/auth/login"
    text = HttpParameter("title", "title", lambda value: value)
    form = replace(login, is_form=True, form_parameters=(text,), files=(HttpFile("cover", 10),))
    assert "-F 'title=…' -F 'cover=@FILE' ADDRESS" in over_http(form)
    answer = replace(login, has_body=False, download=HttpFile("", 10))
    assert over_http(answer) == ", as by curl -X POST -o FILE ADDRESS/auth/login"

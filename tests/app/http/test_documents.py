"""The documents are those of the compiler, byte by byte, and the console is the one that was built."""

from __future__ import annotations

from pathlib import Path

from app.http.documents import CONSOLE, POLICY, documents

SPECS = Path(__file__).parents[3] / "generated" / "specs"


def test_they_are_what_was_generated() -> None:
    served = documents()
    for name in ("openapi.json", "asyncapi.json", "client.json"):
        document = served[f"/{name}"]
        assert (document.media, document.data) == ("application/json", (SPECS / name).read_bytes())


def test_the_console_is_whole_and_only_the_page_is_asked_for_again() -> None:
    served = documents()
    built = {one.name for one in CONSOLE.iterdir()} - {"index.html"}
    assert {path for path in served if path.startswith("/console/")} == {f"/console/{name}" for name in built}
    assert {served[f"/console/{name}"].caching for name in built} == {"public, max-age=31536000, immutable"}
    assert served["/"] == served["/docs"]
    assert (served["/"].media, served["/"].caching) == ("text/html; charset=utf-8", "no-cache")


def test_beside_another_address_the_page_says_that_nothing_can_be_called_there() -> None:
    here, elsewhere = documents()["/"].data, documents(is_service=False)["/"].data
    assert b'content="here"' in here
    assert b'content="here"' not in elsewhere
    assert b'content="elsewhere"' in elsewhere


def test_the_policy_allows_nothing_in_line_and_nobody_else() -> None:
    assert "unsafe" not in POLICY
    assert {word for part in POLICY.split("; ") for word in part.split()[1:]} == {"'none'", "'self'"}

"""Callers: how they are said on the command line, and how schemathesis learns of them without their secrets."""

from __future__ import annotations

import tomllib

import pytest

from proof.documents import DocumentError
from proof.http.callers import PASSWORD, TOKEN, USERNAME, Caller, Login, bearing, named

LOGIN = Login("log_in", "name", "word", "/token")
DOCUMENT = {
    "paths": {"/session": {"post": {"operationId": "log_in"}}},
    "components": {"securitySchemes": {"key": {"type": "apiKey"}, "token": {"type": "http", "scheme": "Bearer"}}},
}


@pytest.mark.parametrize(
    ("said", "caller"),
    [
        ("anonymous", Caller("anonymous")),
        ("editor", Caller("editor", password="editor")),
        ("editor:a:b", Caller("editor", password="a:b")),
    ],
)
def test_a_user_has_the_password_that_is_said_or_the_name(said: str, caller: Caller) -> None:
    assert named(said) == caller


def test_a_token_is_taken_from_the_environment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_ADMIN", "secret")
    assert bearing("admin=OF_ADMIN") == Caller("admin", token="secret")
    for said in ("admin=OF_NOBODY", "admin"):
        with pytest.raises(DocumentError, match="the environment has no"):
            bearing(said)


def test_who_logs_in_does_so_by_the_operation_of_the_document() -> None:
    caller = named("editor:secret")
    read = tomllib.loads("\n".join(caller.configuration(DOCUMENT, LOGIN)))
    assert read["auth"]["dynamic"]["openapi"]["token"] == {
        "path": "/session",
        "extract_selector": "/token",
        "payload": {"name": f"${{{USERNAME}}}", "word": f"${{{PASSWORD}}}"},
    }
    assert caller.environment() == {USERNAME: "editor", PASSWORD: "secret"}


def test_a_token_is_sent_as_it_is_and_stands_in_no_file() -> None:
    caller = Caller("admin", token="secret")
    assert tomllib.loads("\n".join(caller.configuration(DOCUMENT, LOGIN))) == {
        "auth": {"openapi": {"token": {"bearer": f"${{{TOKEN}}}"}}}
    }
    assert caller.environment() == {TOKEN: "secret"}


def test_nobody_sends_no_credential() -> None:
    assert (named("anonymous").configuration(DOCUMENT, LOGIN), named("anonymous").environment()) == ([], {})


@pytest.mark.parametrize("document", [{"paths": DOCUMENT["paths"]}, {"components": DOCUMENT["components"]}])
def test_a_document_that_says_not_how_to_log_in_is_named(document: dict[str, object]) -> None:
    with pytest.raises(DocumentError, match="the document has no"):
        named("editor").configuration(document, LOGIN)

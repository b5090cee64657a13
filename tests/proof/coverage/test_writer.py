"""What a call proves of doors, codes, callers and keywords."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from proof.coverage.facts import Notebook, read
from proof.coverage.goals import scope
from proof.coverage.writer import Writer, bearer_roles, code_of, headers_of
from proof.protobuf import compiled
from tests.codegen.contracts import SHIPPED

SCOPE = scope(compiled(SHIPPED))
OPERATIONS = {one.name: one for one in SCOPE.contract.operations}


@pytest.mark.parametrize(
    ("operation", "code", "roles", "caller"),
    [
        ("create_artist", "ok", {"create-artist"}, "create-artist"),
        ("create_artist", "artist_name_taken", {"create-artist", "x"}, "create-artist"),
        ("create_artist", "forbidden", set(), "without a role"),
        ("create_artist", "unauthenticated", None, "anonymous"),
        ("create_artist", "unauthenticated", {"create-artist"}, None),
        ("get_audit_logs", "ok", {"admin", "view-audit-logs"}, None),
        ("get_audit_logs", "ok", {"view-audit-logs"}, "view-audit-logs"),
        ("create_artist", "ok", None, None),
        ("livez", "ok", {"admin"}, None),
    ],
)
def test_a_caller_is_seen_where_one_group_of_roles_alone_explains_it(
    tmp_path: Path, operation: str, code: str, roles: set[str] | None, caller: str | None
) -> None:
    file = tmp_path / "facts"
    Writer(SCOPE, Notebook(file)).answered(
        OPERATIONS[operation], "WS-json", code, None if roles is None else frozenset(roles)
    )
    facts = read(file)
    assert ("answer", operation, "WS-json", code) in facts
    assert (("code", operation, code) in facts) == (code != "ok")
    assert {fact[3] for fact in facts if fact[0] == "caller"} == ({caller} if caller else set())


def test_what_an_input_kept_and_broke_is_noted(tmp_path: Path) -> None:
    Writer(SCOPE, Notebook(tmp_path / "facts")).took(OPERATIONS["create_artist"], {"name": ""})
    facts = read(tmp_path / "facts")
    assert ("keyword", "create_artist", "/name", "minLength", "broken") in facts
    assert ("keyword", "create_artist", "/name", "maxLength", "kept") in facts


def test_roles_are_read_from_a_bearer_token_alone() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"roles": ["a"]}).encode()).decode().rstrip("=")
    assert bearer_roles({"authorization": f"bearer x.{claims}.y"}) == frozenset({"a"})
    assert bearer_roles({"authorization": "Basic x"}) is None
    assert bearer_roles({}) is None


def test_names_of_headers_have_no_case() -> None:
    assert headers_of({"headers": [(b"X-Thing", b"\xe9")]}) == {"x-thing": "\xe9"}
    assert headers_of({}) == {}


@pytest.mark.parametrize(("text", "code"), [(b'{"code": "x"}', "x"), (b"{}", None), (b"7", None), (b"\xff", None)])
def test_a_refusal_has_a_code(text: bytes, code: str | None) -> None:
    assert code_of(text) == code

"""Security schemes are bearer tokens with roles; who may come in without one is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.draft import Draft
from codegen.importer.losses import Losses
from codegen.importer.nodes import mapping
from codegen.importer.security import Security
from tests.codegen.importer.documents import library_of, openapi, said

SCHEMES = {
    "oauth": {"type": "oauth2", "flows": {"implicit": {"scopes": {"pets:read": "Read pets"}}}},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "jwt": {"type": "apiKey", "in": "header", "name": "Authorization"},
}


def groups(folder: Path, operation: dict[str, Any], **root: Any) -> tuple[list[list[str]], Draft, list[str]]:
    library, (source,) = library_of(
        folder, openapi({"/x": {"get": operation}}, components={"securitySchemes": SCHEMES}, **root)
    )
    draft, losses = Draft(), Losses()
    node = mapping(source.root, "paths", "/x", "get")
    assert node is not None
    return Security(source.root, library, draft, losses).of(node), draft, said(losses)


@pytest.mark.parametrize(
    ("operation", "root", "roles"),
    [
        ({}, {}, []),
        ({"security": []}, {"security": [{"bearer": []}]}, []),
        ({}, {"security": [{"bearer": []}]}, [[]]),
        ({"security": [{"oauth": ["pets:read", "Admin"]}]}, {}, [["admin", "pets-read"]]),
        ({"security": [{"oauth": ["a"]}, {"oauth": ["b"]}]}, {}, [["a"], ["b"]]),
        ({"security": [{"oauth": ["a"], "key": []}]}, {}, [["a"]]),
        ({"security": [{"oauth": ["a"]}, {"key": []}]}, {}, [["a"]]),
        ({"security": [{"oauth": ["a"]}, {}]}, {}, []),
        ({"security": [{"oauth": ["1x"]}]}, {}, [["role-1x"]]),
    ],
)
def test_an_operation_asks_for_roles(
    tmp_path: Path, operation: dict[str, Any], root: dict[str, Any], roles: list[list[str]]
) -> None:
    assert groups(tmp_path, operation, **root)[0] == roles


def test_a_role_is_described_as_its_scope(tmp_path: Path) -> None:
    assert groups(tmp_path, {"security": [{"oauth": ["pets:read"]}]})[1].roles == {"pets-read": "Read pets"}


@pytest.mark.parametrize(
    ("operation", "loss"),
    [
        ({}, "operations say nothing of security, and are public"),
        (
            {"security": [{"key": []}]},
            "the security scheme 'key' (apiKey) is no way in here: callers bring a bearer token",
        ),
        ({"security": [{"gone": []}]}, "the security scheme 'gone' is not declared; callers bring a bearer token"),
        ({"security": [{"oauth": []}]}, "the scopes of 'oauth' are roles here, read from the bearer token"),
        ({"security": [{"bearer": []}, {}]}, "security may be left out here, and so it is public"),
    ],
)
def test_what_is_another_security_is_said(tmp_path: Path, operation: dict[str, Any], loss: str) -> None:
    assert groups(tmp_path, operation)[2][-1] == f"I019 {loss}"


def test_a_bearer_token_is_what_it_was(tmp_path: Path) -> None:
    assert groups(tmp_path, {"security": [{"bearer": []}, {"jwt": []}]})[::2] == ([[]], [])

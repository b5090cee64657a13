"""What is a secret by its name and by the contract, and that the same one has the same name."""

from __future__ import annotations

import base64
import json

import pytest

from proof.traffic import secrets as module
from proof.traffic.lines import SECRET
from proof.traffic.schema import Schema
from proof.traffic.secrets import Secrets, forms, is_secret_name

NOTHING = Schema({})


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *(
            (one, True)
            for one in (
                "password",
                "userPassword",
                "passwd",
                "client_secret",
                "access_token",
                "accesstoken",
                "X-Api-Key",
            )
        ),
        *(
            (one, True)
            for one in (
                "apiKey",
                "private-key",
                "PIN",
                "pin",
                "otp_pin",
                "set-cookie",
                "Authorization",
                "jwt",
                "csrfToken",
            )
        ),
        *(
            (one, False)
            for one in (
                "token_type",
                "name",
                "key",
                "spinning",
                "pinned",
                "ticket",
                "expires_in",
                "tokenizer",
                "author",
            )
        ),
    ],
)
def test_a_name_says_whether_it_is_of_a_secret(name: str, is_one: bool) -> None:
    assert is_secret_name(name) is is_one


def test_the_same_secret_has_the_same_name() -> None:
    secrets = Secrets()
    first, second = secrets.name("a-long-secret"), secrets.name("another-secret")
    assert first == {SECRET: "secret-1"}
    assert second == {SECRET: "secret-2"}
    assert secrets.name("a-long-secret") == first
    assert secrets.name({"a": [1]}) == secrets.name({"a": [1]})


def test_the_contract_says_what_is_hidden() -> None:
    schema = Schema.of(
        {},
        {
            "properties": {
                "sensitive": {"x-sensitive": True},
                "typed": {"format": "password"},
                "entered": {"writeOnly": True},
                "token_kind": {"const": "Bearer"},
                "list": {"items": {"x-sensitive": True}},
                "plain": {"type": "string"},
            }
        },
    )
    value = {
        "sensitive": 5,
        "typed": "p",
        "entered": {"a": 1},
        "token_kind": "Bearer",
        "list": ["s"],
        "plain": "p",
        "unnamed": "u",
        "pin": None,
    }
    hidden = Secrets(frozenset({"derived"})).hidden({**value, "derived": "d"}, schema)
    assert {name for name, one in hidden.items() if isinstance(one, dict)} == {
        "sensitive",
        "typed",
        "entered",
        "derived",
        "unnamed",
    }
    assert SECRET in hidden["list"][0]
    assert hidden["plain"] == "p"
    assert hidden["pin"] is None


def test_as_a_whole_only_what_is_fixed_is_kept() -> None:
    schema = Schema.of({}, {"properties": {"kind": {"enum": ["a"]}}})
    hidden = Secrets().hidden(
        {"kind": "a", "username": "me", "other": "x", "count": 5, "yes": True}, schema, whole=True
    )
    assert hidden == {"kind": "a", "username": "me", "other": {SECRET: "secret-1"}, "count": 5, "yes": True}


def test_a_line_is_covered_from_the_moment_on_that_a_secret_is_known() -> None:
    secrets = Secrets()
    line = json.dumps({"a": "see S3cret-Value-9 there"})
    assert secrets.cover(line) == line
    secrets.name("S3cret-Value-9")
    assert json.loads(secrets.cover(line)) == {"a": "see hidden there"}
    secrets.name("short")
    assert "short" in secrets.cover('"short"')


def test_what_only_might_be_a_secret_is_searched_for_if_it_looks_like_one() -> None:
    secrets = Secrets()
    secrets.name("invalid_data", is_sure=False)
    secrets.name("a1b2c3d4e5f6g7", is_sure=False)
    assert secrets.cover("invalid_data a1b2c3d4e5f6g7") == "invalid_data hidden"


def test_the_memory_is_bounded() -> None:
    secrets = Secrets()
    for number in range(module.MAX_SEARCHED + 10):
        secrets.search_for(f"secret number {number:04}")
    assert secrets.cover("secret number 0000") == "secret number 0000"
    assert secrets.cover(f"secret number {module.MAX_SEARCHED + 9:04}") == "hidden"


def test_forms_are_found_wherever_a_text_begins_in_base64() -> None:
    for before in range(6):
        coded = base64.b64encode(b"x" * before + b"a secret text" + b"yz").decode()
        assert any(one in coded for one in forms("a secret text"))

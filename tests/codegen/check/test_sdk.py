"""Methods of a feature are apart in every language, and what the SDKs call by themselves has what they need."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

ARTISTS, AUTH = "http/artists.yaml", "http/auth.yaml"


@pytest.mark.parametrize(
    ("method", "expected"),
    [("seek", set()), ("create", {"J013"}), ("paginate", {"J013"}), ("get__page", {"J013"})],
)
def test_a_method_is_apart_from_others_and_from_pagers(tmp_path: Path, method: str, expected: set[str]) -> None:
    loaded = edited(tmp_path, (ARTISTS, "x-sdk-method: find", f"x-sdk-method: {method}"))
    assert rules(loaded) == expected


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (AUTH, "x-session: logout", "x-session: refresh"),
        ("schemas/auth.yaml", "  required: [username, password]\n", "  required: [username]\n"),
        (AUTH, "x-session: logout", "x-session: ticket"),
    ],
)
def test_a_session_is_whole(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert "J014" in rules(edited(tmp_path, (file, old, new)))


def test_the_clients_know_a_session_by_its_names_in_json(tmp_path: Path) -> None:
    """`refreshToken` would be `refresh_token` in code, but that is not what travels."""
    told = "    refresh_token:"
    loaded = edited(tmp_path, ("schemas/auth.yaml", told, told.replace("refresh_token", "refreshToken")),
                    ("schemas/auth.yaml", "refresh_token]", "refreshToken]"))  # fmt: skip
    assert "J014" in rules(loaded), loaded.report()

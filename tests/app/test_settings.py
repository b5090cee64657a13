"""Settings come from the environment; what is missing or unsafe is named."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.settings import Settings

GOOD: dict[str, str] = {
    "DATABASE_URL": "postgresql+asyncpg://u@127.0.0.1/d", "REDIS_URL": "redis://127.0.0.1", "KEYCLOAK_URL": "https://k.example",
    "SIGNING_SECRET": "s" * 32, "ENV": "production", "TOKEN_AUDIENCE": "stele", "ORIGINS": "https://a.example, https://b.example",
}  # fmt: skip


def settings(monkeypatch: pytest.MonkeyPatch, **changed: str | None) -> Settings:
    for name, value in (GOOD | changed).items():
        monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name, raising=False)
    return Settings()


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch).origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ORIGINS", "*", "ORIGINS must not contain"),
        ("KEYCLOAK_URL", "http://k.example", "KEYCLOAK_URL must be https"),
        ("SIGNING_SECRET", "short", "SIGNING_SECRET must have 32"),
        ("RATE_LIMIT_SCALE", "2", "RATE_LIMIT_SCALE must be 1"),
        ("DATABASE_URL", None, "database_url"),
        ("TRUSTED_PROXIES", "-1", "trusted_proxies"),
    ],
)
def test_what_is_unsafe_in_production_or_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, text: str
) -> None:
    with pytest.raises(ValidationError, match=text):
        settings(monkeypatch, **{name: value})


def test_a_token_in_the_query_is_for_development_only_unless_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings(monkeypatch).accepts_query_token
    assert settings(monkeypatch, ENV="development").accepts_query_token
    assert settings(monkeypatch, QUERY_TOKEN="true").accepts_query_token


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "s" * 32 not in repr(settings(monkeypatch))


def test_the_issuer_is_the_realm_s_address_with_or_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        settings(monkeypatch, KEYCLOAK_URL=url, KEYCLOAK_REALM="r").issuer
        for url in ("https://k.example", "https://k.example/")
    }
    assert found == {"https://k.example/realms/r"}


def test_production_is_what_nobody_chose_and_development_takes_what_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    unsafe = {"KEYCLOAK_URL": "http://127.0.0.1:1", "SIGNING_SECRET": "short", "RATE_LIMIT_SCALE": "9", "ORIGINS": "*"}
    with pytest.raises(ValidationError, match="unsafe in production") as refused:
        settings(monkeypatch, ENV=None, **unsafe)
    assert str(refused.value).count("must") == 4
    assert settings(monkeypatch, ENV="development", **unsafe).rate_limit_scale == 9


def test_settings_do_not_change_after_they_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings(monkeypatch).port = 1  # type: ignore[misc]  # what is tried here

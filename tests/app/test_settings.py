"""Settings come from the environment; what is missing or unsafe is named."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.settings import Settings, faults_of

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
        ("ORIGINS", "*", "must not contain * in production; found '*'; set it to origins as browsers send them"),
        ("ORIGINS", "https://a.example,null", "must not contain null in production; found 'https://a.example,null'"),
        ("ORIGINS", "https://a.example/", "contains 'https://a.example/', which no browser sends"),
        ("KEYCLOAK_URL", "http://k.example", "must be https in production; found http://k.example; set it to"),
        ("KEYCLOAK_URL", "k.example", "is not an http URL; found 9 characters"),
        ("SIGNING_SECRET", "short", "must have 32 characters in production; found 5 characters; set it to at least 32"),
        ("RATE_LIMIT_SCALE", "2", "must be 1 in production; found '2';"),
        ("TOKEN_AUDIENCE", "", "must be set in production; found ''; set it to"),
        ("DATABASE_URL", None, "is not set; set it to postgresql://user:password@host:port/database"),
        (
            "DATABASE_URL",
            "mysql://u:hunter2@h/d",
            "is not a PostgreSQL URL; found mysql://h/d; set it to postgresql://",
        ),
        ("REDIS_URL", "http://:hunter2@h", "is not a Redis URL; found http://h; set it to redis://"),
        ("LOG_LEVEL", "LOUD", "found 'LOUD'; set it to DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("LOG_FORMAT", "xml", "found 'xml'; set it to json or human"),
        ("ENV", "prod", "found 'prod'; set it to production or development"),
        ("TRUSTED_PROXIES", "-1", "found '-1'; set it to a number of proxies, 0 to 8"),
    ],
)
def test_what_is_wrong_unsafe_or_missing_is_one_line_with_the_name_the_value_and_what_to_set(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, text: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(monkeypatch, **{name: value})
    [line] = faults_of(refused.value)
    assert line.startswith(f"{name}: ")
    assert text in line
    assert "hunter2" not in line + str(refused.value)


def test_a_token_in_the_query_is_for_development_only_unless_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings(monkeypatch).accepts_query_token
    assert settings(monkeypatch, ENV="development").accepts_query_token
    assert settings(monkeypatch, QUERY_TOKEN="true").accepts_query_token


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "s" * 32 not in repr(settings(monkeypatch))


def test_the_issuer_is_the_realm_s_address_with_or_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        settings(monkeypatch, KEYCLOAK_URL=url, KEYCLOAK_REALM="r").realm_url
        for url in ("https://k.example", "https://k.example/")
    }
    assert found == {"https://k.example/realms/r"}


def test_production_is_what_nobody_chose_and_development_takes_what_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    unsafe = {
        "KEYCLOAK_URL": "http://127.0.0.1:1",
        "SIGNING_SECRET": "short",
        "RATE_LIMIT_SCALE": "9",
        "ORIGINS": "*,null",
    }
    with pytest.raises(ValidationError) as refused:
        settings(monkeypatch, ENV=None, **unsafe)
    assert {line.partition(":")[0] for line in faults_of(refused.value)} == set(unsafe), "all at once"
    assert settings(monkeypatch, ENV="development", **unsafe).rate_limit_scale == 9


def test_a_provider_s_url_and_a_level_in_small_letters_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = settings(monkeypatch, DATABASE_URL="postgres://u:p@h/d?sslmode=require", LOG_LEVEL="debug")
    assert taken.database_url.get_secret_value() == "postgresql://u:p@h/d?sslmode=require"
    assert taken.log_level == "DEBUG"


def test_every_setting_says_what_it_must_look_like() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_do_not_change_after_they_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings(monkeypatch).port = 1  # type: ignore[misc]  # what is tried here

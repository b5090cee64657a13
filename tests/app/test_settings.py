"""Every setting has a name, a form and a purpose in words; a frozen value of all of them is what the service is made of."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.settings import GROUPS, Environment, Settings, Unset

GIVEN: dict[str, object] = {
    "database_url": "postgresql+asyncpg://u@127.0.0.1/d",
    "redis_url": "redis://127.0.0.1",
    "keycloak_url": "https://k.example",
    "signing_secret": "s" * 32,
}


def settings(**changed: object) -> Settings:
    return Settings.model_validate(GIVEN | changed)


def test_lists_are_written_with_commas() -> None:
    assert settings(origins="https://a.example, https://b.example").origins == (
        "https://a.example",
        "https://b.example",
    )


def test_secrets_are_not_shown() -> None:
    assert "s" * 32 not in repr(settings())


def test_the_issuer_is_the_realm_s_address_with_or_without_a_slash() -> None:
    found = {
        settings(keycloak_url=url, keycloak_realm="r").realm_url for url in ("https://k.example", "https://k.example/")
    }
    assert found == {"https://k.example/realms/r"}


def test_a_provider_s_url_and_a_level_in_small_letters_are_taken() -> None:
    taken = settings(database_url="postgres://u:p@h/d?sslmode=require", log_level="debug")
    assert taken.database_url.get_secret_value() == "postgresql://u:p@h/d?sslmode=require"
    assert taken.log_level == "DEBUG"


def test_every_setting_says_what_it_must_look_like_and_what_it_is_for() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.title or not field.description]
    assert silent == []


def test_every_setting_is_in_one_group() -> None:
    assert sorted(name for group in GROUPS for name in group.model_fields) == sorted(Settings.model_fields)


def test_what_nobody_sets_depends_on_the_environment_where_it_says_so() -> None:
    unset = next(one for one in Settings.model_fields["admin_port"].metadata if isinstance(one, Unset))
    assert [unset.of(one) for one in Environment] == ["0", "0", "8081"]


def test_settings_do_not_change_after_they_were_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings().port = 1  # type: ignore[misc]  # what is tried here

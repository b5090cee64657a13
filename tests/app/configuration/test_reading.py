"""Settings are read with all their faults at once; each is one line that says what was found and what to set, without a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.configuration.reading import Configuration, SettingsRefused, read

GOOD: dict[str, str] = {
    "DATABASE_URL": "postgresql+asyncpg://u@127.0.0.1/d", "REDIS_URL": "redis://127.0.0.1", "KEYCLOAK_URL": "https://k.example",
    "SIGNING_SECRET": "s" * 32, "ENV": "production", "TOKEN_AUDIENCE": "stele", "ORIGINS": "https://a.example, https://b.example",
    "TLS": "proxy", "TRUSTED_HOSTS": "a.example",
}  # fmt: skip


def configured(folder: Path, **changed: str | None) -> Configuration:
    return read({name: value for name, value in (GOOD | changed).items() if value is not None}, folder)


def refused(folder: Path, **changed: str | None) -> tuple[str, ...]:
    with pytest.raises(SettingsRefused) as error:
        configured(folder, **changed)
    return error.value.lines


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
        ("DATABASE_URL", "mysql://u:hunter2@h/d", "is not a PostgreSQL URL; found mysql://h/d; set it to postgresql://"),
        ("REDIS_URL", "http://:hunter2@h", "is not a Redis URL; found http://h; set it to redis://"),
        ("LOG_LEVEL", "LOUD", "found 'LOUD'; set it to DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("LOG_FORMAT", "xml", "found 'xml'; set it to json or human"),
        ("TRUSTED_PROXIES", "-1", "found '-1'; set it to a number of proxies, 0 to 8"),
        ("TRUSTED_HOSTS", None, "is not set; set it to names by which callers ask"),
        ("TRUSTED_HOSTS", "a.example:443", "contains 'a.example:443', which is no name in lower case without a port"),
    ],
)  # fmt: skip
def test_what_is_wrong_unsafe_or_missing_is_one_line_with_the_name_the_value_and_what_to_set(
    tmp_path: Path, name: str, value: str | None, text: str
) -> None:
    [line] = refused(tmp_path, **{name: value})
    assert line.startswith(f"{name}: ")
    assert text in line
    assert "hunter2" not in line


def test_an_environment_that_is_none_is_said_and_judged_as_production(tmp_path: Path) -> None:
    lines = refused(tmp_path, ENV="prod", RATE_LIMIT_SCALE="2", TRUSTED_HOSTS=None)
    assert any("found 'prod'; set it to production, test or development" in line for line in lines)
    assert [line.partition(":")[0] for line in lines] == ["TRUSTED_HOSTS", "ENVIRONMENT", "RATE_LIMIT_SCALE"]


def test_a_token_in_the_query_is_for_development_only_unless_switched_on(tmp_path: Path) -> None:
    assert not configured(tmp_path).settings.accepts_query_token
    assert not configured(tmp_path, ENV="test").settings.accepts_query_token
    assert configured(tmp_path, ENV="development").settings.accepts_query_token
    assert configured(tmp_path, QUERY_TOKEN="true").settings.accepts_query_token


def test_production_is_what_nobody_chose_and_development_takes_what_it_refuses(tmp_path: Path) -> None:
    unsafe = {
        "KEYCLOAK_URL": "http://127.0.0.1:1", "SIGNING_SECRET": "short", "RATE_LIMIT_SCALE": "9", "ORIGINS": "*,null",
        "TRUSTED_HOSTS": "*", "TLS": "none",
    }  # fmt: skip
    lines = refused(tmp_path, ENV=None, **unsafe)
    assert {line.partition(":")[0] for line in lines} == set(unsafe), "all at once"
    assert configured(tmp_path, ENV="development", **unsafe).settings.rate_limit_scale == 9


def test_defaults_are_the_environment_s_and_each_value_says_where_it_came_from(tmp_path: Path) -> None:
    production, development = configured(tmp_path), configured(tmp_path, ENV="development")
    assert (production.settings.admin_port, development.settings.admin_port) == (8081, 0)
    assert production.origins["admin_port"] == "default in production"
    assert production.origins["origins"] == production.origins["environment"] == "variable"
    assert production.origins["port"] == "default"


def test_a_name_that_is_nearly_a_setting_s_is_told_unless_that_is_set(tmp_path: Path) -> None:
    [note] = configured(tmp_path, DATABASE_URI="postgresql://h/d", WORKER="2").notes
    assert note == "WORKER: is not a setting, and nobody reads it (variable); WORKERS may be meant"
    lines = refused(tmp_path, REDIS_URL=None, REDIS_URI="redis://h")
    assert [line.partition(":")[0] for line in lines] == ["REDIS_URL", "REDIS_URI"]


def test_a_file_that_cannot_be_read_is_its_own_fault_alone(tmp_path: Path) -> None:
    [line] = refused(tmp_path, SIGNING_SECRET=None, SIGNING_SECRET_FILE=str(tmp_path / "gone"))
    assert line.startswith("SIGNING_SECRET_FILE: names ")
    assert "No such file" in line

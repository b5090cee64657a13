"""The unsafe values of ACCEPTANCE L07, each refused with one line, and what is like them and safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.configuration.arguments import secrets_in
from app.configuration.production import SWITCHES
from app.configuration.reading import SettingsRefused, read
from tests.app.configuration.test_reading import GOOD

UNSAFE = [
    ("ORIGINS", "*"), ("TRUSTED_HOSTS", "*"), ("KEYCLOAK_URL", "http://k"), ("TOKEN_AUDIENCE", ""),
    ("DATABASE_URL", "postgresql://u:changeme@h/d"), ("DATABASE_URL", "postgresql://app:app@h/d"),
    ("DATABASE_URL", "postgresql://u@h/d?password=changeme"), ("DATABASE_URL", "postgresql://h/d?user=app&password=app"), ("PGPASSWORD", "postgres"),
    ("REDIS_URL", "redis://:Password@h"), ("REDIS_URL", "redis+cluster://app:app@h:1,h:2"),
    ("REDIS_URL", "redis+sentinel://:hunter2@h/main?sentinel_password=redis"), ("KEYCLOAK_CLIENT_SECRET", "secret"), ("SIGNING_SECRET", "changeme" * 4),
    *((name, "1") for name in SWITCHES), ("LOG_LEVEL", "DEBUG"), ("DOCUMENTS", "public"), ("TLS", "none"),
    ("TRUSTED_PROXIES", "*"), ("FORWARDED_ALLOW_IPS", "*"), ("REDIS_URL", "memory://"), ("RATE_LIMIT_SCALE", "0"),
    ("RATE_LIMIT_SCALE", "1000"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_an_unsafe_value_is_one_line_in_production(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as error:
        read({**GOOD, name: value}, tmp_path)
    [line] = error.value.lines
    assert line.startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "0"), ("DEBUG", ""), ("DATABASE_URL", "postgresql://u@h/d"), ("REDIS_URL", "redis://h"), ("REDIS_URL", "rediss+cluster://u:hunter2@a:1,b:2"),
        ("REDIS_URL", "redis+sentinel://:hunter2@a,b/main?sentinel_password=hunter3"),
        ("DATABASE_URL", "postgresql://u:hunter2@h/d"), ("DATABASE_URL", "postgresql://u@h/d?password=hunter2"), ("PGPASSWORD", "hunter2"), ("PGPASSWORD", ""), ("KEYCLOAK_CLIENT_SECRET", "a5c0f7"), ("DOCUMENTS", "off"),
        ("FORWARDED_ALLOW_IPS", "127.0.0.1"), ("TRUSTED_HOSTS", "*.example.com"),
    ],
)  # fmt: skip
def test_what_is_like_it_and_safe_is_taken(tmp_path: Path, name: str, value: str) -> None:
    assert read({**GOOD, name: value}, tmp_path).settings.is_production


def test_a_secret_among_the_arguments_is_told_without_it() -> None:
    lines = secrets_in(
        ["serve", "--database-url=postgresql://u:hunter2@h/d", "SIGNING_SECRET=hunter2", "postgres://u@h"]
    )
    assert [line.partition(":")[0] for line in lines] == ["argument 2", "argument 3"]
    assert "hunter2" not in "".join(lines)

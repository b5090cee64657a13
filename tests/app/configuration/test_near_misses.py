"""A name that is nearly a setting's is found, and ordinary names of other programs are not."""

from __future__ import annotations

import pytest

from app.configuration.near_misses import near_misses
from app.configuration.sources import names


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("DATABASE_ULR", "DATABASE_URL"), ("DATABASE_URI", "DATABASE_URL"), ("WORKER", "WORKERS"), ("STELE_REDIS_URL", "REDIS_URL"),
        ("database_url", "DATABASE_URL"), ("KEYCLOAK_CLIENTID", "KEYCLOAK_CLIENT_ID"), ("STELE_KEYCLOAK_RELM", "KEYCLOAK_REALM"),
        ("TRUSTED_PROXY", None), ("HOSTNAME", None), ("HOME", None), ("LOGNAME", None), ("PATH", None), ("REDIS_PORT", None),
        ("KEYCLOAK_PORT", None), ("POSTGRES_HOST", None), ("LANG", None), ("TERM", None), ("SHELL", None), ("PWD", None),
        ("XDG_SESSION_TYPE", None), ("VIRTUAL_ENV", None), ("PYTHONPATH", None), ("EDITOR", None), ("LS_COLORS", None),
    ],
)  # fmt: skip
def test_what_was_probably_meant(given: str, meant: str | None) -> None:
    assert near_misses([given], names()) == ({given: meant} if meant else {})

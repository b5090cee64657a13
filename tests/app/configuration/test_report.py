"""The effective settings are printed with their origins and without a secret, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

from app.configuration.report import as_json, as_text
from tests.app.configuration.test_reading import configured

SECRETS = {
    "DATABASE_URL": "postgresql://u:hunter2@h:5433/d", "REDIS_URL": "rediss://u:hunter2@h", "KEYCLOAK_CLIENT_SECRET": "hunter2",
    "SIGNING_SECRET": "hunter2" * 5,
}  # fmt: skip


def test_a_table_has_every_value_and_where_it_came_from(tmp_path: Path) -> None:
    text = as_text(configured(tmp_path, **SECRETS, WORKER="2"))
    assert "hunter2" not in text
    lines = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line and line[0] != "#"}
    assert lines["DATABASE_URL"] == ["postgresql://h:5433/d", "variable"]
    assert lines["SIGNING_SECRET"] == ["35", "characters", "variable"]
    assert lines["LOG_FORMAT"] == ["'json'", "default", "in", "production"]
    assert "WORKERS may be meant" in text


def test_json_has_the_same_by_the_names_of_the_variables(tmp_path: Path) -> None:
    text = as_json(configured(tmp_path, **SECRETS))
    assert "hunter2" not in text
    said = json.loads(text)["settings"]
    assert said["PORT"] == {"value": 8000, "origin": "default", "group": "The node"}
    assert said["ORIGINS"]["value"] == ["https://a.example", "https://b.example"]
    assert (said["QUERY_TOKEN"]["value"], said["TLS"]["value"]) == (False, "proxy")

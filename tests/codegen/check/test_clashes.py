"""Names that are one in a target are refused; names that stay apart are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules, shipped_files


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("errors.yaml", "  artist_not_found:", "  api_error:", "V010"),
        (
            "schemas/audit_log.yaml",
            "enum: [http, websocket, command]",
            "enum: [http, websocket, command, web-socket, web_socket]",
            "J012",
        ),
    ],
)
def test_a_clash_is_named(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new)))


def test_the_shipped_names_are_apart() -> None:
    assert "models.py" in shipped_files()


def test_a_feature_is_a_file_with_a_legal_name(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("openapi.yaml", "http/system.yaml#/livez", "http/class.yaml#/livez"),
        (
            "http/class.yaml",
            "",
            "livez:\n  get:\n    operationId: livez\n    security: []\n    responses: {'204': {description: x}}\n",
        ),
    )
    assert "J012" in rules(loaded)

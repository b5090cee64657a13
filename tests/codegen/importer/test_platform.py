"""The platform's part of a contract compiles by itself, without a word of the product's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.importer.platform import read_platform
from codegen.pipeline import load
from tests.codegen.contracts import ROOT, SHIPPED


def test_the_platform_s_part_is_a_contract(tmp_path: Path) -> None:
    platform = read_platform(SHIPPED)
    for name, text in platform.texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    loaded = load(tmp_path)
    assert not len(loaded.findings), loaded.report()
    assert set(loaded.contract.features) == {"auth", "audit_log", "system"}
    assert loaded.contract.events == ()
    assert not [word for word in ("artist", "author") for text in platform.texts.values() if f"{word}_" in text]


def test_its_names_are_taken() -> None:
    platform = read_platform(SHIPPED)
    assert {"login", "get_audit_logs", "health"} <= platform.operations
    assert {"Problem", "Request", "PageMeta", "AuditLogService"} <= platform.types
    assert {"/health", "/auth/login"} <= platform.paths
    assert {"unauthenticated", "audit_log_not_found"} <= platform.codes
    assert {7, 8} <= platform.numbers
    assert "artist_not_found" not in platform.codes


def test_without_owners_nothing_is_the_platform_s(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "specs")
    (tmp_path / ".owners").write_text((ROOT / ".owners").read_text().replace("platform", "nobody"))
    with pytest.raises(Refused):
        read_platform(tmp_path / "specs")


@pytest.mark.parametrize("missing", ["asyncapi.yaml", "openapi.yaml", "contract.lock"])
def test_a_project_of_one_door_is_told_what_it_lacks(tmp_path: Path, missing: str) -> None:
    shutil.copytree(SHIPPED, tmp_path / "specs")
    shutil.copy(ROOT / ".owners", tmp_path)
    (tmp_path / "specs" / missing).unlink()
    with pytest.raises(Refused, match=f"has no {missing}"):
        read_platform(tmp_path / "specs")

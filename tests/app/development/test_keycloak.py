"""Keycloak is fetched once and checked; where it cannot be had one line says so. That it serves is proven in `tests/issuers`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.development.keycloak import LATER, VERSION, Keycloak
from generated.product import NAME

ARCHIVE = f"keycloak-quarkus-dist-{VERSION}.zip"


def run(path: Path, cache: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """With nothing but `path` to find programs in."""
    environment = os.environ | {"PATH": str(path), "XDG_CACHE_HOME": str(cache)} | settings
    command = [sys.executable, "-m", "app.development", "keycloak", "--port", "1"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def program(folder: Path, name: str, text: str = "exit 1") -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


@pytest.mark.parametrize(
    ("programs", "line"),
    [
        ((), "there is no `java` here"),
        (("java",), "there is no `mvn` here"),
        (("java", "mvn"), "could not be fetched by Maven"),
    ],
)
def test_what_is_missing_is_said_in_one_line(tmp_path: Path, programs: tuple[str, ...], line: str) -> None:
    (tmp_path / "bin").mkdir()
    for name in programs:
        program(tmp_path / "bin", name)
    ended = run(tmp_path / "bin", tmp_path / "cache")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (69, "", 1)
    assert line in ended.stderr


def test_what_is_not_the_distribution_that_we_know_is_not_run(tmp_path: Path) -> None:
    program(tmp_path / "bin", "java")
    archive = tmp_path / "cache" / NAME / ARCHIVE
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"something else")
    ended = run(tmp_path / "bin", tmp_path / "cache")
    assert ended.returncode == 69
    assert "is not the one we know" in ended.stderr
    assert not archive.exists()


def test_a_version_whose_checksum_nobody_knows_is_not_fetched(tmp_path: Path) -> None:
    ended = run(tmp_path / "bin", tmp_path / "cache", KEYCLOAK_VERSION="26.0.1")
    assert ended.returncode == 69
    assert ended.stderr == f"KEYCLOAK_VERSION=26.0.1: known by their checksums are {VERSION}, {LATER}\n"
    assert Keycloak(tmp_path, version=LATER).home.name == f"keycloak-{LATER}"


def test_its_address_is_known_before_it_starts(tmp_path: Path) -> None:
    assert Keycloak(tmp_path, port=8080).url == "http://127.0.0.1:8080"
    assert not Keycloak(tmp_path).is_ready()

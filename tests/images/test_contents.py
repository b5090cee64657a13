"""What is in the production image, what is not, and that it is the same each time."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from docker.sbom import document
from tests.images.building import LOCK, ROOT, TRACES_LOCK, Image, built
from tests.images.container import Container

pytestmark = [pytest.mark.xdist_group("image"), pytest.mark.timeout(600)]
MOST_PACKAGES = 54
"""24 that pyproject.toml names, and what these need; twelve are there for python-keycloak alone."""
MOST_MIB = 160
"""Of what is added to the base."""
COMPILERS = {"cc", "gcc", "g++", "c++", "clang", "ld", "as", "make", "rustc", "cargo", "go"}
IMPORTING = """
import importlib, pkgutil, sys
names = [one.name for package in ('app', 'generated') for one in pkgutil.walk_packages([package], package + '.')]
for name in names:
    if not name.endswith('.__main__') and '.migrations.' not in name and name != 'app.telemetry.traces.otel':
        importlib.import_module(name)
print(len(names), [one for one in ('pytest', 'codegen', 'proof', 'tests', 'grpc_tools') if one in sys.modules])
"""
INSTALLED = (
    "from importlib.metadata import distributions as d; print(*sorted(f'{one.name}=={one.version}' for one in d()))"
)


def bill(image: Image) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((image.root / "srv" / "sbom.cdx.json").read_text())
    return found


def test_nothing_is_inside_that_only_builds_tests_or_develops(image: Image) -> None:
    root = image.root
    programs = {
        path.name for folder in ("usr/bin", "usr/local/bin", "opt/venv/bin") for path in (root / folder).iterdir()
    }
    assert programs & COMPILERS == set()
    assert {path.name for path in (root / "srv").iterdir()} == {"app", "generated", "sbom.cdx.json"}
    assert not (root / "srv" / "app" / "development").exists()
    assert {path.name for path in (root / "opt").iterdir()} == {"venv"}
    assert {path.name for path in root.iterdir()} & {"wheels", "secrets"} == set()
    strange = ("pip", "setuptools", "wheel", "development", ".cache", ".git", ".env")
    ours = [path for top in ("opt", "srv", "root", "tmp") for path in (root / top).rglob("*")]
    assert [str(path) for path in ours if path.name in strange and "sqlalchemy" not in path.parts] == []


def test_all_that_is_shipped_can_be_imported(image: Image, tmp_path: Path) -> None:
    """So nothing in it needs what was left out. What tells traces is imported where it is told to, and needs the extra's packages."""
    ended = Container(image, tmp_path, {}).run("python", "-c", IMPORTING)
    assert ended.returncode == 0, ended.stderr
    count, others = ended.stdout.split(" ", 1)
    assert int(count) > 100
    assert others == "[]\n"


def test_its_bill_lists_each_package_with_a_hash_of_the_lock(image: Image, tmp_path: Path) -> None:
    installed = Container(image, tmp_path, {}).run("/opt/venv/bin/python", "-c", INSTALLED).stdout.split()
    components = bill(image)["components"]
    assert sorted(f"{one['name']}=={one['version']}" for one in components) == installed
    locked = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK.read_text()))
    assert {one["alg"] for component in components for one in component["hashes"]} == {"SHA-256"}
    assert {one["content"] for component in components for one in component["hashes"]} <= locked
    assert len(components) <= MOST_PACKAGES


@pytest.mark.long
def test_with_the_lock_of_traces_it_has_what_tells_them_and_no_more(image: Image, tmp_path: Path) -> None:
    """`--build-arg REQUIREMENTS=requirements-otel.lock`: the eight packages more that docs/operations.md says, and what tells spans is imported."""
    with built("production", tag="traced", lock=TRACES_LOCK) as traced:
        ended = Container(traced, tmp_path, {}).run("python", "-c", "import app.telemetry.traces.otel")
        assert ended.returncode == 0, ended.stderr
        more = {one["name"] for one in bill(traced)["components"]} - {one["name"] for one in bill(image)["components"]}
    locked = [set(re.findall(r"^([a-z0-9-]+)==", lock.read_text(), re.MULTILINE)) for lock in (TRACES_LOCK, LOCK)]
    assert more == locked[0] - locked[1]
    assert len(more) == 8
    assert Container(image, tmp_path, {}).run("python", "-c", "import app.telemetry.traces.otel").returncode != 0


def test_its_bill_is_valid_cyclonedx(image: Image) -> None:
    folder = files("cyclonedx.schema._res")
    named = {
        name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text())
        for name in ("bom-1.6", "spdx", "jsf-0.82")
    }
    places = [(f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json", schema) for name, schema in named.items()]
    validator = jsonschema_rs.validator_for(named["bom-1.6"], registry=jsonschema_rs.Registry(places))
    validator.validate(bill(image))
    assert not validator.is_valid(bill(image) | {"components": [{"name": "of no type"}]})


def test_its_byte_code_is_there_and_asks_for_no_time(image: Image) -> None:
    """A root that is read-only could not keep any; one with times would differ from build to build."""
    sources = [path for top in ("srv", "opt/venv/lib") for path in (image.root / top).rglob("*.py")]
    missing = [path for path in sources if not list((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"))]
    assert [path.name for path in missing if _is_python(path)] == []
    codes = [path for top in ("srv", "opt/venv/lib") for path in (image.root / top).rglob("*.pyc")]
    assert {path.read_bytes()[4:8] for path in codes} == {b"\x01\x00\x00\x00"}


def _is_python(path: Path) -> bool:
    """Some packages ship templates of modules."""
    try:
        ast.parse(path.read_bytes())
    except SyntaxError:
        return False
    return True


def test_its_words_for_engines(image: Image, record_property: Any) -> None:
    """Exec form, so that signals reach the service; a numeric user, so that an orchestrator can prove that it is not root."""
    assert image.config["Entrypoint"] == ["python", "-m", "app"]
    assert image.config["Cmd"] == ["serve"]
    assert image.config["User"] == "65532:65532"
    labels = {
        name.rpartition(".")[2]: said for name, said in image.config["Labels"].items() if "opencontainers" in name
    }
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert labels == {"title": "stele", "version": "1.0.0", "revision": commit, "name": "localhost/base:bookworm"}


def test_it_is_no_larger_than_it_must_be(image: Image) -> None:
    added = sum(image.size_of(top) for top in ("opt", "srv")) / 2**20
    print(
        f"\nimage: {image.size_bytes / 2**20:.0f} MiB, {added:.0f} of them beyond the base; {len(bill(image)['components'])} packages"
    )
    assert added < MOST_MIB


@pytest.mark.long
def test_a_second_build_gives_the_same_layers(image: Image) -> None:
    with built("production", tag="again") as again:
        assert again.layers == image.layers


def test_a_report_without_a_hash_makes_no_bill_and_both_spellings_of_one_do() -> None:
    digest = "0" * 64
    assert _bill_of({"hashes": {"sha256": digest}}) == _bill_of({"hash": f"sha256={digest}"})
    assert "wheels" not in json.dumps(_bill_of({"hash": f"sha256={digest}"}))
    for archive in ({}, {"hash": "md5=0"}, {"hashes": {"md5": "0"}}):
        with pytest.raises(KeyError):
            _bill_of(archive)


def _bill_of(archive: dict[str, Any]) -> dict[str, Any]:
    about = {"url": "file:///wheels/a.whl", "archive_info": archive}
    return document({"install": [{"metadata": {"name": "a", "version": "1"}, "download_info": about}]})

"""The Python package of every contract: typed to the strictest, importable, whole, and the same for both clients."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.emit.printer import File
from codegen.emit.python_client import files as python_client
from codegen.ir.names import product_name
from codegen.ir.operations import Contract
from codegen.pipeline import load
from tests.codegen import large
from tests.codegen.contracts import CASES, CORPUS, ROOT, compose, shipped

pytestmark = pytest.mark.xdist_group("sdk_python")
GOOD = sorted(path.parent.name for path in CASES.glob("p*/expected"))
RUNTIME = "shared_runtime"
"""Every package carries the same runtime; here they share one, or mypy would read it eighty times."""


def contracts(folder: Path) -> dict[str, Contract]:
    found = {case: load(compose(case, folder / case)).contract for case in GOOD}
    for path in sorted(CORPUS.iterdir()):
        found[path.name] = load(compose(path.name, folder / path.name, CORPUS)).contract
    large.write(folder / "large")
    return found | {"large": load(folder / "large" / "specs").contract}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package of each contract in one of its own, and their runtime beside them."""
    folder = tmp_path_factory.mktemp("packages")
    for case, contract in contracts(tmp_path_factory.mktemp("specs")).items():
        _write(folder / case, [one for one in python_client.emit(contract) if "/runtime/" not in one.path])
    _write(folder, [_moved(one) for one in python_client.emit(shipped()) if "/runtime/" in one.path])
    return folder


def _write(folder: Path, files: list[File]) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.data.decode().replace("from .runtime.", f"from {RUNTIME}."))
        if path.suffix == ".py":
            (path.parents[1] / "__init__.py").touch()


def _moved(file: File) -> File:
    return replace(file, path=f"{RUNTIME}/{file.path.partition('/runtime/')[2]}")


def test_the_package_of_every_contract_is_typed_to_the_strictest(packages: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--explicit-package-bases", "--python-version", "3.11", "."]
    found = subprocess.run(command, cwd=packages, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-4000:]


def test_the_package_of_every_contract_is_imported_and_reads_its_results(packages: Path) -> None:
    names = [path.parent.relative_to(packages) for path in sorted(packages.glob("*/sdk_python/*_client/__init__.py"))]
    assert len(names) == len(GOOD) + len(list(CORPUS.iterdir())) + 1
    program = """import importlib, json, sys
for name in json.load(sys.stdin):
    module = importlib.import_module(name)
    contract = importlib.import_module(name + "._contract").CONTRACT
    for operation in contract.operations.values():
        operation.result().core_schema
    for event in contract.events.values():
        event.result().core_schema
    frames = importlib.import_module("shared_runtime.proto_frames").ProtobufCodec(contract)
    client = module.Client("http://127.0.0.1:9")
    for feature in {one.feature for one in contract.operations.values()}:
        getattr(client, feature)
    client.close()
"""
    asked = json.dumps([".".join(name.parts) for name in names])
    command = [sys.executable, "-W", "error", "-c", program]
    found = subprocess.run(command, cwd=packages, input=asked, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr[-3000:]


def test_the_blocking_client_has_every_method_of_the_other(packages: Path) -> None:
    for path in packages.glob("*/sdk_python/*_client/_async_api.py"):
        ours, theirs = _methods(path), _methods(path.with_name("_sync_api.py"))
        assert {(kind.removeprefix("Async"), name) for kind, name in ours} == theirs


def _methods(path: Path) -> set[tuple[str, str]]:
    tree = ast.parse(path.read_text())
    return {
        (node.name, inner.name)
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_the_project_is_named_and_numbered_after_the_contract() -> None:
    files = {file.path: file.data.decode() for file in python_client.emit(shipped())}
    project = tomllib.loads(files["sdk_python/pyproject.toml"])["project"]
    assert (project["name"], project["version"], project["license"]) == ("stele-client", "1.0.0", "MIT")
    assert {one.partition(">")[0] for one in project["dependencies"]} == {"httpx2", "pydantic", "websockets"}
    assert list(project["optional-dependencies"]) == ["protobuf", "keyring"]
    assert project["scripts"] == {"stele-call": "stele_client.__main__:main"}


@pytest.mark.parametrize("title", ['Shop "of" Things', "Ünïcode\\", "***", "2nd\x07Shop", "a" * 300])
def test_any_title_makes_a_package(title: str, tmp_path: Path) -> None:
    contract = replace(shipped(), info=replace(shipped().info, title=title, product=product_name(title)))
    files = python_client.emit(contract)
    assert {file.path.split("/")[1].isidentifier() for file in files if file.path.endswith(".py")} == {True}
    assert tomllib.loads(next(file.data.decode() for file in files if file.path.endswith("pyproject.toml")))
    for file in files:
        if file.path.endswith(".py"):
            ast.parse(file.data)


def test_the_runtime_is_copied_byte_for_byte() -> None:
    files = {
        file.path.partition("/runtime/")[2]: file.data
        for file in python_client.emit(shipped())
        if "/runtime/" in file.path
    }
    source = ROOT / "codegen" / "runtime" / "sdk_python"
    for path in source.rglob("*.py"):
        assert files[path.relative_to(source).as_posix()] == path.read_bytes()
    assert {name for name in files if name.endswith("_sync.py")} >= {"calls_sync.py", "http_sync.py", "tokens_sync.py"}

"""What `make sdk` builds: the same bytes each time, without a network, and a package that is imported where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "generated" / "sdk_python"
UV = Path(sys.executable).with_name("uv")


def run(*command: str | Path, cwd: Path, **settings: str) -> str:
    environment = {**os.environ, "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never", **settings}
    done = subprocess.run([str(one) for one in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def wheel(source: Path, folder: Path) -> Path:
    run(UV, "build", "--quiet", "--offline", "--wheel", "--out-dir", folder, source, cwd=folder.parent)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel(SOURCE, tmp_path_factory.mktemp("wheel") / "dist")


def test_a_wheel_has_the_same_bytes_wherever_and_whenever_it_is_built(built: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(SOURCE, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert wheel(copy, tmp_path / "dist").read_bytes() == built.read_bytes()


def test_a_wheel_has_the_package_and_says_what_it_needs(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = set(archive.namelist())
        metadata = BytesParser().parsebytes(archive.read("stele_client-1.0.0.dist-info/METADATA"))
    files = {path.relative_to(SOURCE).as_posix() for path in (SOURCE / "stele_client").rglob("*") if path.is_file()}
    kept = {name for name in files if "__pycache__" not in name}
    assert {name for name in names if not name.endswith("/") and ".dist-info/" not in name} == kept
    assert "stele_client/py.typed" in names
    needs = metadata.get_all("Requires-Dist", [])
    assert {one.split(">")[0] for one in needs} == {"httpx2", "pydantic", "websockets", "protobuf", "keyring"}
    for extra in ("protobuf", "keyring"):
        assert next(one for one in needs if one.startswith(extra)).endswith(f"extra == '{extra}'")
    assert (metadata["Name"], metadata["Version"], metadata["License-Expression"]) == ("stele-client", "1.0.0", "MIT")


def test_a_wheel_is_installed_and_imported_alone(built: Path, tmp_path: Path) -> None:
    """Neither the service nor the repository is on the path; protobuf and websockets are imported when they are used."""
    place = tmp_path / "installed"
    options = ("--quiet", "--offline", "--no-deps", "--python", sys.executable, "--target", place)
    run(UV, "pip", "install", *options, built, cwd=tmp_path)
    program = """import sys
import stele_client
assert not [name for name in sys.modules if name.split(".")[0] in ("app", "codegen", "generated", "google")], sys.modules
client = stele_client.Client("http://127.0.0.1:9", token="t", encoding="protobuf")
client.close()
print(stele_client.__file__)
"""
    found = run(sys.executable, "-W", "error", "-c", program, cwd=tmp_path, PYTHONPATH=str(place))
    assert Path(found.strip()).parents[1] == place


def test_the_wheel_brings_the_terminal_client(built: Path, tmp_path: Path) -> None:
    """As `uvx --from …` would run it: its script, installed beside what it needs, which is in this environment already."""
    place = tmp_path / "tools"
    run(sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", place, cwd=tmp_path)
    python, packages = place / "bin" / "python", Path(sysconfig.get_path("purelib"))
    run(UV, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, built, cwd=tmp_path)
    said = run(place / "bin" / "stele-call", "--version", cwd=tmp_path, PYTHONPATH=str(packages))
    assert said.startswith("stele-call 1.0.0 (contract ")

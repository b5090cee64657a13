"""The image as `make image` makes it, without an engine: mmdebstrap makes the base, buildah builds, pip brings the wheels.

Promises: nothing is asked of a registry while the image is built; what was fetched is kept in `.stele/images/` and fetched once for
each lock and process of pytest; the machine's own storage of images is left alone. Raises ToolsMissing, in one line, where it cannot be done here.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".stele" / "images"
"""One process of pytest uses it: what builds images is the group `image`."""
LOCK, TRACES_LOCK = ROOT / "requirements.lock", ROOT / "requirements-otel.lock"
TOOLS = ("buildah", "mmdebstrap", "unshare", "setpriv")
RELEASE, PYTHON, GLIBC = "bookworm", "3.11", 36
"""Of Debian's release that the base is made of."""
WITHIN_S = 300.0


class ToolsMissing(Exception):
    """What is not there."""


@dataclass(frozen=True)
class Image:
    """`root` is its tree, which is this test's to look at and not to change; `config` is as Docker's format has it."""

    root: Path
    config: dict[str, Any]
    layers: list[str]

    @property
    def size_bytes(self) -> int:
        """Of its files, the base's too."""
        return sum(path.lstat().st_size for path in self.root.rglob("*") if path.is_file() and not path.is_symlink())

    def size_of(self, path: str) -> int:
        return sum(one.lstat().st_size for one in (self.root / path).rglob("*") if one.is_file())


@contextmanager
def built(target: str, tag: str = "", lock: Path = LOCK) -> Iterator[Image]:
    """What `make image` makes of a target and a lock, anew, with its tree. It is gone when the block ends; base and wheels stay."""
    _check_tools()
    tag = f"localhost/{tag or target}"
    CACHE.mkdir(parents=True, exist_ok=True)
    base, wheels, settings = _base(), _wheels(lock), CACHE / "pip.conf"
    settings.write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    more = f"ARGS=--quiet --pull-never --no-cache --volume {wheels}:/wheels:ro --build-arg REQUIREMENTS={lock.name}"
    _run(
        "make",
        "image",
        "ENGINE=buildah",
        f"TARGET={target}",
        f"TAG={tag}",
        f"BASE={base}",
        f"PIP_CONF={settings}",
        more,
    )
    container = _run("buildah", "from", "--pull-never", tag)
    try:
        about = json.loads(_run("buildah", "inspect", "--type", "image", tag))
        tree = Path(_run("buildah", "mount", container))
        yield Image(tree, about["Docker"]["config"], about["OCIv1"]["rootfs"]["diff_ids"])
    finally:
        _run("buildah", "rm", container)
        _run("buildah", "rmi", tag)


def _check_tools() -> None:
    if missing := [name for name in TOOLS if shutil.which(name) is None]:
        raise ToolsMissing(f"images need {', '.join(missing)}, which this machine has not")
    if os.geteuid() != 0:
        raise ToolsMissing("images are built and entered as root")
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False).returncode:
        raise ToolsMissing("images need namespaces of their own, which this machine gives to nobody")


def _base() -> str:
    """Debian with its Python, made once."""
    name = f"localhost/base:{RELEASE}"
    if _run("buildah", "images", "--quiet", "--filter", f"reference={name}"):
        return name
    tree = CACHE / "base.tar"
    include = "--include=python3,python3-venv,ca-certificates"
    _run("mmdebstrap", "--quiet", "--variant=minbase", include, RELEASE, str(tree))
    container = _run("buildah", "from", "scratch")
    _run("buildah", "add", "--quiet", container, str(tree), "/")
    _run("buildah", "config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container)
    _run("buildah", "commit", "--quiet", "--rm", container, name)
    tree.unlink()
    return name


def _wheels(lock: Path) -> Path:
    """Each wheel of the lock, for the base's Python; also those that its markers leave out, so that the image's own pip reads them."""
    text = re.sub(r" ; [^\\]*", " ", lock.read_text())
    folder = CACHE / "wheels" / lock.stem / hashlib.sha256(text.encode()).hexdigest()[:16]
    if folder.is_dir():
        return folder
    shutil.rmtree(folder.parent, ignore_errors=True)
    draft, listed = folder.with_suffix(".draft"), CACHE / "all.lock"
    listed.write_text(text)
    machine = platform.machine()
    tags = [*(f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, 16, -1)), f"manylinux2014_{machine}"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--ignore-requires-python",
        "--require-hashes",
    ]
    command += ["--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON}", "--dest", str(draft)]
    _run(*command, *(f"--platform={tag}" for tag in tags), "--requirement", str(listed))
    return draft.rename(folder)


def _run(*command: str) -> str:
    """What it prints, without the newline at its end."""
    storage = CACHE / "storage.conf"
    storage.write_text(f'[storage]\ndriver = "vfs"\ngraphroot = "{CACHE}/storage"\nrunroot = "{CACHE}/run"\n')
    environment = {**os.environ, "BUILDAH_ISOLATION": "chroot", "CONTAINERS_STORAGE_CONF": str(storage)}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN_S, env=environment)
    assert ended.returncode == 0, f"{command[0]} {ended.returncode}\n{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}"
    return ended.stdout.strip()

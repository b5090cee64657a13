"""docker/kubernetes as kustomize renders it. The program is built once by Go, from its module; kubectl has the same in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.deployment.composed import DOCKER, ROOT

VERSION = "v5.7.1"
MODULE = f"sigs.k8s.io/kustomize/kustomize/v5@{VERSION}"
PROGRAM = ROOT / ".stele" / "kustomize" / VERSION / "kustomize"
BUILT_S = 500.0
"""About 45 s on two idle cores."""
CONFIGURATIONS = ("small", "production", "own-issuer")
Rendered = dict[tuple[str, str], dict[str, Any]]
"""Objects by kind and name."""


class NoKustomize(Exception):
    """Why it cannot be had here."""


def program() -> Path:
    """Raises NoKustomize."""
    if PROGRAM.exists():
        return PROGRAM
    if shutil.which("go") is None:
        raise NoKustomize("kustomize is built by go, and there is none here")
    draft = PROGRAM.parent / f"draft.{os.getpid()}"
    environment = {**os.environ, "GOBIN": str(draft), "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    built = subprocess.run(
        ["go", "install", MODULE], env=environment, capture_output=True, text=True, check=False, timeout=BUILT_S
    )
    if built.returncode:
        raise NoKustomize(f"kustomize could not be built: {built.stderr.strip().splitlines()[-1]}")
    (draft / "kustomize").replace(PROGRAM)
    shutil.rmtree(draft)
    return PROGRAM


def text_of(configuration: str) -> str:
    """Raises NoKustomize."""
    command = [str(program()), "build", str(DOCKER / "kubernetes" / configuration)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def rendered(text: str) -> Rendered:
    return {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(text)}

"""Git as these commands need it: it has every version of both owners' files, and merges them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from codegen.diagnostics import Refused

UNKNOWN = ("-c", "user.name=init", "-c", "user.email=init@localhost")
"""The committer where nobody has told git who they are."""


def git(folder: Path, *arguments: str) -> str:
    """What a command prints. Raises Refused with what it says where it fails."""
    ended = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise Refused(f"git {' '.join(arguments)} in {folder}: {(ended.stderr or ended.stdout).strip()}")
    return ended.stdout


def committed(folder: Path, message: str) -> None:
    """Commits all there is, ignored files apart, in the name that git knows, else as `init`. Raises Refused where
    nothing has changed."""
    known = (
        subprocess.run(["git", "config", "user.email"], cwd=folder, capture_output=True, check=False).returncode == 0
    )
    git(folder, "add", "--all")
    git(folder, *(() if known else UNKNOWN), "commit", "--quiet", "--message", message)

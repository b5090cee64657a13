"""The contract to compare with: a folder, or `specs/` as a commit has it."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


class NoBaseline(Exception):
    """There is no such folder and no such commit."""


@contextmanager
def baseline(specs: Path, against: str) -> Iterator[Path]:
    """A folder of specs; of a commit it is a copy that goes away again. Raises NoBaseline where git cannot give it.
    Nothing is checked out, and no file of the working tree is touched."""
    if Path(against).is_dir():
        yield Path(against)
        return
    with TemporaryDirectory(prefix="codegen-baseline-") as name:
        folder = Path(name, "specs")
        command = ["git", "archive", "--format=tar", "--end-of-options", against, "."]
        found = subprocess.run(command, cwd=specs, capture_output=True, check=False)
        if found.returncode != 0:
            raise NoBaseline(found.stderr.decode(errors="replace").strip() or against)
        try:
            with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise NoBaseline(f"{against}: {error}") from error
        yield folder

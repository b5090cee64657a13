"""`make init`: a new project from this one, with a name of its own and a history that begins now.

The platform's files are those of the last commit, and `.platform` says which that is, so that `make update-platform` knows what
has changed since. Promises: the new folder is whole, or it is not there.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from codegen import output
from codegen.diagnostics import Refused
from codegen.ir.names import is_product_name, product_name
from codegen.pipeline import build, load
from codegen.project.example import take_out_example
from codegen.project.git import committed, git
from codegen.project.owners import Owner, Owners
from codegen.project.rename import rename

PLATFORM = ".platform"
"""The file with the commit of the platform that a project has."""
FOLDER = Path(__file__).parent
LICENCE, ITS_PLACE = "LICENSE", "docs/platform-license.txt"
"""The platform's, which its copies must have, and where a product has it: what stands at the top is said of the product."""
OF_THE_PLATFORM = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
"""What it says of itself and to its own contributors; a product writes its own."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """`title` is the name as people read it; without one the name is it."""

    name: str
    into: Path
    """A folder that is empty or not there."""
    title: str = ""
    keeps_example: bool = False


def init(root: Path, wanted: NewProject) -> str:
    """Answers the commit of the platform. Raises Refused, and then nothing was made. Of the last commit, so what this
    working tree has beyond it does not come along. Nothing of `root` is changed, no network is needed."""
    if not is_product_name(wanted.name):
        raise Refused(f"{wanted.name!r} is no name of a product; did you mean {product_name(wanted.name)!r}?")
    if wanted.into.exists() and (not wanted.into.is_dir() or any(wanted.into.iterdir())):
        raise Refused(f"{wanted.into} is there and not empty; say another folder")
    commit = _commit(root)
    was_there = wanted.into.exists()
    wanted.into.mkdir(parents=True, exist_ok=True)
    try:
        _begin(root, wanted, commit)
    except BaseException:
        shutil.rmtree(wanted.into, ignore_errors=True)
        if was_there:
            wanted.into.mkdir()
        raise
    return commit


def _commit(root: Path) -> str:
    """The last commit. Raises Refused where files of the platform are not as it has them: an update would not know them."""
    owners = Owners.read(root)
    changed = [line[3:] for line in git(root, "status", "--porcelain").splitlines()]
    if strange := [name for name in changed if owners.of(name) is Owner.PLATFORM]:
        raise Refused(f"commit or undo first what differs from the last commit: {', '.join(strange[:5])}")
    return git(root, "rev-parse", "HEAD").strip()


def _begin(root: Path, wanted: NewProject, commit: str) -> None:
    into = wanted.into
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=root, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(into, filter="data")
    (into / PLATFORM).write_text(_origin(root, commit), encoding="utf-8")
    _take_out_own(into, is_platform=not (root / PLATFORM).is_file())
    git(into, "init", "--quiet", "--initial-branch=main")
    committed(into, "The platform")
    if not wanted.keeps_example:
        take_out_example(into)
        (into / "README.md").write_text((FOLDER / "readme.md").read_text(encoding="utf-8"), encoding="utf-8")
    rename(into / "specs", wanted.name, wanted.title)
    _retitle(into / "README.md", load(into / "specs").contract.info.title, wanted.name)
    output.publish(into / "generated", build(load(into / "specs").contract))
    shutil.rmtree(into / ".git")
    git(into, "init", "--quiet", "--initial-branch=main")
    committed(into, f"Begin {wanted.name}")


def _take_out_own(into: Path, *, is_platform: bool) -> None:
    """What `root` says of itself. Of a project that was itself made from a platform the licence is its team's, and stays there too."""
    if is_platform:
        (into / LICENCE).rename(into / ITS_PLACE)
    for name in (LICENCE, *OF_THE_PLATFORM):
        (into / name).unlink(missing_ok=True)


def _origin(root: Path, commit: str) -> str:
    """Of a project that was itself made from a platform, the platform's."""
    path = root / PLATFORM
    return path.read_text(encoding="utf-8") if path.is_file() else f"{commit}\n"


def _retitle(readme: Path, title: str, name: str) -> None:
    text = readme.read_text(encoding="utf-8").replace("{title}", title).replace("{name}", name)
    readme.write_text(text, encoding="utf-8")

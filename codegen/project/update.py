"""`make update-platform`: what has changed in the platform since this project began, or was last updated, comes into it.

Git merges the platform's files with what the project has made of them, by its own three-way merge: what led from the old
platform to the new one is picked like a commit. Who owns a file is said by the new `.owners`; the product's files stay as they
are. Nothing is committed: `git diff --cached` shows what came, and `git reset --hard` undoes it.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen.diagnostics import Refused
from codegen.project.git import UNKNOWN, git
from codegen.project.init import PLATFORM
from codegen.project.owners import FILE, Owner, Owners

FETCHED = "refs/platform/latest"
"""What was fetched last. It keeps the commit in the project, for the next update to begin from."""


@dataclass(frozen=True, slots=True)
class Update:
    """Files that came from the platform, and those of them in which a person must choose between two changes."""

    old: str
    """The commit that the project had, as `.platform` said."""
    new: str
    """The commit that it has now, as `.platform` says."""
    files: list[str]
    """Sorted; also those that the project has changed as well."""
    conflicts: list[str]
    """`git status` lists them until they are added; those that both sides have changed have git's markers in them."""


def update(root: Path, source: str, reference: str = "HEAD") -> Update:
    """`source` is a folder or a URL that git reads, `reference` a commit, a branch or a tag there. Raises Refused.
    Fetches, and changes the working tree and the index; commits nothing. Where it says nothing of a conflict, the tree
    is merged and staged."""
    if git(root, "status", "--porcelain", "--untracked-files=no").strip():
        raise Refused("there are changes that no commit has; commit them first, so that the update can be undone")
    old = _recorded(root)
    git(root, "fetch", "--quiet", "--no-tags", source, f"+{reference}:{FETCHED}")
    new = git(root, "rev-parse", f"{FETCHED}^{{commit}}").strip()
    _check_known(root, old, source)
    owners = Owners.parse(git(root, "show", f"{new}:{FILE}"))
    before, after = _platform(root, old, owners), _platform(root, new, owners)
    files = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    conflicts = _picked(root, before, after) if files else []
    (root / PLATFORM).write_text(f"{new}\n", encoding="utf-8")
    git(root, "add", PLATFORM)
    return Update(old, new, files, conflicts)


def _recorded(root: Path) -> str:
    path = root / PLATFORM
    if not path.is_file():
        raise Refused(
            f"{PLATFORM} does not say which commit of the platform this project began with; `make init` writes it"
        )
    return path.read_text(encoding="utf-8").strip()


def _check_known(root: Path, old: str, source: str) -> None:
    if subprocess.run(
        ["git", "cat-file", "-e", f"{old}^{{commit}}"], cwd=root, capture_output=True, check=False
    ).returncode:
        raise Refused(
            f"{source} has not the commit {old} that {PLATFORM} names; say the platform that this project came from"
        )


def _platform(root: Path, commit: str, owners: Owners) -> dict[str, str]:
    """The platform's files of a commit, as `git ls-tree` has each: mode, kind, object."""
    entries = (line.partition("\t") for line in git(root, "ls-tree", "-r", "-z", commit).split("\0") if line)
    return {name: entry for entry, _, name in entries if owners.of(name) is Owner.PLATFORM}


def _picked(root: Path, old: dict[str, str], new: dict[str, str]) -> list[str]:
    """What leads from one to the other, as a commit that is picked and not committed; answers what is left unmerged."""
    base = _commit(root, old, ())
    change = _commit(root, new, ("-p", base))
    picking = ["git", *UNKNOWN, "cherry-pick", "--no-commit", "--allow-empty", change]
    picked = subprocess.run(picking, cwd=root, capture_output=True, text=True, check=False)
    unmerged = [name for name in git(root, "diff", "--name-only", "--diff-filter=U", "-z").split("\0") if name]
    if picked.returncode and not unmerged:
        raise Refused(f"the update cannot be merged, and nothing was changed:\n{picked.stderr.strip()}")
    return unmerged


def _commit(root: Path, files: dict[str, str], parents: tuple[str, ...]) -> str:
    """Of these files alone, in no branch."""
    with TemporaryDirectory(prefix="codegen-update-") as folder:
        index = {**os.environ, "GIT_INDEX_FILE": str(Path(folder, "index"))}
        lines = "".join(f"{entry}\t{name}\0" for name, entry in files.items())
        subprocess.run(
            ["git", "update-index", "-z", "--index-info"], cwd=root, env=index, input=lines.encode(), check=True
        )
        tree = subprocess.run(
            ["git", "write-tree"], cwd=root, env=index, capture_output=True, text=True, check=True
        ).stdout
    return git(root, *UNKNOWN, "commit-tree", tree.strip(), *parents, "-m", "The platform").strip()

"""Numbers of drafts: what was issued for text that no commit has seen is free again when that text goes.

Promises were made only to those who could read them. Without a repository nobody knows who could, and every number stays.
"""

from __future__ import annotations

from pathlib import Path

from codegen import lock
from codegen.breaking.baseline import NoBaseline, baseline
from codegen.diagnostics import Findings
from codegen.parse.documents import Documents
from codegen.parse.policy import LOCK, Lock, parse_policy
from codegen.pipeline import load

UNREAD = ("Y", "R", "P", "F", "O", "A", "S")
"""Letters of the rules that something could not be read: what it has may be used."""


def committed_lock(specs: Path) -> Lock | None:
    """The lock as HEAD has it; None where there is no repository, or no lock in it."""
    try:
        with baseline(specs, "HEAD") as folder:
            documents = Documents(folder, Findings())
            return parse_policy(documents, Findings()).lock if documents.has(LOCK) else None
    except NoBaseline:
        return None


def forget(specs: Path, committed: Lock | None) -> None:
    """Rewrites the lock of `specs` without numbers of drafts that are gone."""
    if committed is None:
        return
    loaded = load(specs)
    if not any(one.rule.startswith(UNREAD) for one in loaded.findings):
        lock.forget_drafts(specs / "contract.lock", loaded, committed)

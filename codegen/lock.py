"""`contract.lock`: new numbers are added, none that was committed is ever dropped or changed; what left the contract is marked."""

from __future__ import annotations

from pathlib import Path

from codegen.check.numbers import used_numbers, used_pkg_ids
from codegen.parse.policy import Lock
from codegen.pipeline import Loaded

NEW = "N003"
HEAD = "# Every number ever issued. Written by `python -m codegen lock`, never by hand; a line is never removed, only marked.\n"
EMPTY = f"{HEAD}pkg_ids: {{}}\nfields: {{}}\n"


def update(path: Path, loaded: Loaded) -> int:
    """Rewrite the lock with what the contract has; answers how many numbers are new. What left the contract stays,
    marked. The same contract gives the same text."""
    lock, used = loaded.dialects.words.lock, _used(loaded)
    issued = len(used.pkg_ids.keys() - lock.pkg_ids.keys())
    issued += sum(len(table.keys() - lock.fields.get(name, {}).keys()) for name, table in used.fields.items())
    fields = {name: lock.fields.get(name, {}) | used.fields.get(name, {}) for name in lock.fields | used.fields}
    path.write_text(_text(Lock(lock.pkg_ids | used.pkg_ids, fields), used), encoding="utf-8")
    return issued


def forget_drafts(path: Path, loaded: Loaded, committed: Lock) -> bool:
    """Drop what no commit has and the contract has no more, or under another number; answers whether there was any.
    Writes only then. `committed` is the lock as the last commit has it."""
    lock, used = loaded.dialects.words.lock, _used(loaded)
    fields = {
        name: _kept(table, committed.fields.get(name, {}), used.fields.get(name, {}))
        for name, table in lock.fields.items()
    }
    messages = committed.fields.keys() | loaded.dialects.proto.messages.keys() | loaded.dialects.proto.enums.keys()
    kept = Lock(
        _kept(lock.pkg_ids, committed.pkg_ids, used.pkg_ids),
        {name: table for name, table in fields.items() if table or name in messages},
    )
    if (kept.pkg_ids, kept.fields) == (lock.pkg_ids, lock.fields):
        return False
    path.write_text(_text(kept, used), encoding="utf-8")
    return True


def _kept(table: dict[str, int], committed: dict[str, int], used: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in table.items() if name in committed or used.get(name) == number}


def _used(loaded: Loaded) -> Lock:
    """The numbers that the contract has today."""
    pkg_ids = {name: number for name, (number, _) in used_pkg_ids(loaded.contract).items()}
    return Lock(pkg_ids, used_numbers(loaded.dialects.proto))


def _text(lock: Lock, used: Lock) -> str:
    lines = [HEAD, "pkg_ids:\n" if lock.pkg_ids else "pkg_ids: {}\n"]
    for name, number in sorted(lock.pkg_ids.items(), key=lambda item: item[1]):
        lines.append(f"  {name}: {_entry(number, name in used.pkg_ids)}\n")
    lines.append("fields:\n" if lock.fields else "fields: {}\n")
    for name, table in sorted(lock.fields.items()):
        known = used.fields.get(name, {})
        members = ", ".join(
            f"{key}: {_entry(number, key in known)}" for key, number in sorted(table.items(), key=lambda item: item[1])
        )
        lines.append(f"  {name}: {{{members}}}\n")
    return "".join(lines)


def _entry(number: int, is_used: bool) -> str:
    return str(number) if is_used else f"{{number: {number}, removed: true}}"

"""`contract.lock`: new numbers are added, none is ever dropped or changed; what left the contract is marked."""

from __future__ import annotations

from pathlib import Path

from codegen.check.numbers import used_numbers, used_pkg_ids
from codegen.pipeline import Loaded

NEW = "N003"
HEAD = "# Every number ever issued. Written by `python -m codegen lock`, never by hand; a line is never removed, only marked.\n"


def update(path: Path, loaded: Loaded) -> int:
    """Rewrite the lock; answers how many numbers are new."""
    lock = loaded.dialects.words.lock
    pkg_ids = {name: number for name, (number, _) in used_pkg_ids(loaded.contract).items()}
    fields = used_numbers(loaded.dialects.proto)
    issued = len(pkg_ids.keys() - lock.pkg_ids.keys())
    issued += sum(len(table.keys() - lock.fields.get(name, {}).keys()) for name, table in fields.items())
    lines = [HEAD, "pkg_ids:\n" if lock.pkg_ids or pkg_ids else "pkg_ids: {}\n"]
    for name, number in sorted((lock.pkg_ids | pkg_ids).items(), key=lambda item: item[1]):
        lines.append(f"  {name}: {_entry(number, name in pkg_ids)}\n")
    lines.append("fields:\n" if lock.fields or fields else "fields: {}\n")
    for name in sorted(lock.fields.keys() | fields.keys()):
        used = fields.get(name, {})
        table = sorted((lock.fields.get(name, {}) | used).items(), key=lambda item: item[1])
        members = ", ".join(f"{key}: {_entry(number, key in used)}" for key, number in table)
        lines.append(f"  {name}: {{{members}}}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return issued


def _entry(number: int, is_used: bool) -> str:
    return str(number) if is_used else f"{{number: {number}, removed: true}}"

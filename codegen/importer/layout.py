"""Which file of schemas/ each type is in: that of the one feature that reaches it, or the shared one; and references between files."""

from __future__ import annotations

import posixpath

from codegen.importer.draft import Draft, Given, Ref

SHARED = "shared"
MOST = 400
"""Types of one file: larger ones are parted, for a file of specs/ has a limit."""


def homes(draft: Draft) -> dict[str, str]:
    """The file of each type that something reaches, as `schemas/pets.yaml`."""
    owners: dict[str, set[str]] = {}
    for one in draft.operations:
        for name in draft.reached(one.node):
            owners.setdefault(name, set()).add(one.feature)
    for package in draft.packages:
        for name in draft.reached(package.payload, package.reply):
            owners.setdefault(name, set()).add(package.feature)
    counts: dict[str, int] = {}
    found: dict[str, str] = {}
    for name in draft.schemas:
        if name not in owners:
            continue
        stem = min(owners[name]) if len(owners[name]) == 1 else SHARED
        counts[stem] = counts.get(stem, 0) + 1
        part = (counts[stem] - 1) // MOST
        found[name] = f"schemas/{stem}{f'_{part + 1}' if part else ''}.yaml"
    return found


def resolved(data: object, file: str, homes: dict[str, str]) -> object:
    """The data with a `$ref` in place of each Ref, as it is written in a file."""
    if isinstance(data, Given):
        return data.value
    if isinstance(data, Ref):
        home = homes[data.name]
        path = "" if home == file else posixpath.relpath(home, posixpath.dirname(file))
        return {"$ref": f"{path}#/{data.name}{data.pointer}"}
    if isinstance(data, dict):
        return {key: resolved(one, file, homes) for key, one in data.items()}
    if isinstance(data, list):
        return [resolved(one, file, homes) for one in data]
    return data

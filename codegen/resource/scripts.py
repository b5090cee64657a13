"""A resource in the contract: its own files whole, and its entries in the files that all features share.

Proto, and the lists of operations in the roots, follow by `fix`.
"""

from __future__ import annotations

from codegen.check.numbers import next_pkg_id
from codegen.diagnostics import Refused
from codegen.edits import END, Edit
from codegen.parse.yaml_edits import add_entry, add_item, add_table
from codegen.parse.yaml_tree import Mapping, Sequence
from codegen.pipeline import Loaded
from codegen.resource.resource import Resource
from codegen.resource.templates import rendered

SHARED_ERRORS = {
    "version_mismatch": "{status: 412, rsp: CONFLICT, retryable: false, title: The stored version is another one.}",
    "cursor_invalid": "{status: 400, rsp: INVALID_DATA, retryable: false, title: The cursor is not one of ours.}",
}
"""Codes that every resource uses; written where the contract has them not yet."""
TOPIC = "{history: 1000, keep: 1h, delivery: must-deliver}"


def numbers(loaded: Loaded, count: int, *, is_event: bool) -> tuple[int, ...]:
    """The next PkgIDs. Raises Refused where there are no more. They are issued by writing them, not here."""
    found: list[int] = []
    for _ in range(count):
        number = next_pkg_id(loaded.dialects.words.lock, found, is_event=is_event)
        if number is None:
            raise Refused("every PkgID is issued")
        found.append(number)
    return tuple(found)


def edits(loaded: Loaded, resource: Resource) -> list[Edit]:
    """Raises Refused where a file has no place for an entry. Inserts alone; nothing is written."""
    return [*_own_files(resource), *_vocabulary(loaded, resource), *_roots(loaded, resource)]


def _own_files(resource: Resource) -> list[Edit]:
    files = {
        f"specs/schemas/{resource.name}.yaml": "schemas.yaml",
        f"specs/http/{resource.plural}.yaml": "http.yaml",
        f"specs/packages/{resource.plural}.yaml": "packages.yaml",
    }
    return [Edit(file, END, 1, rendered(template, resource)) for file, template in files.items()]


def _vocabulary(loaded: Loaded, resource: Resource) -> list[Edit]:
    known = {one.code for one in loaded.contract.errors}
    codes = {**resource.errors, **{code: line for code, line in SHARED_ERRORS.items() if code not in known}}
    roles = {role: f"{{type: http, scheme: bearer, description: {said}}}" for role, said in resource.roles.items()}
    tables = (
        ("specs/errors.yaml", "errors", codes),
        ("specs/policy.yaml", "roles", roles),
        ("specs/policy.yaml", "topics", {resource.plural: TOPIC, f"'{resource.single_topic}'": TOPIC}),
    )
    return [edit for file, key, entries in tables for edit in _added(loaded, file, key, entries)]


def _added(loaded: Loaded, file: str, key: str, entries: dict[str, str]) -> list[Edit]:
    """A vocabulary that has no word yet may have no heading either."""
    root = loaded.dialects.documents.tree(file)
    if isinstance(root, Mapping) and key not in root.entries:
        return [add_table(root, key, entries)]
    table = _table(loaded, file, key)
    return [add_entry(table, name, line) for name, line in entries.items()]


def _roots(loaded: Loaded, resource: Resource) -> list[Edit]:
    plural, paths = resource.plural, _table(loaded, "specs/openapi.yaml", "paths")
    http = {resource.path: "collection", f"{resource.path}/{{{resource.id}}}": "single"}
    found = [add_entry(paths, path, f"{{$ref: 'http/{plural}.yaml#/{part}'}}") for path, part in http.items()]
    messages = _table(loaded, "specs/asyncapi.yaml", "channels", "web", "messages")
    names = (
        *resource.operations,
        resource.name,
        f"{resource.name}_page",
        f"delete_{resource.name}_done",
        *resource.events,
    )
    found += [add_entry(messages, name, f"{{$ref: 'packages/{plural}.yaml#/messages/{name}'}}") for name in names]
    root = loaded.dialects.documents.tree("specs/openapi.yaml")
    tags = root.get("tags") if isinstance(root, Mapping) else None
    if isinstance(tags, Sequence):
        found.append(add_item(tags, f"{{name: {plural}, description: {resource.many_words.capitalize()}.}}"))
    return found


def _table(loaded: Loaded, file: str, *keys: str) -> Mapping:
    node = loaded.dialects.documents.tree(file)
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or node.is_flow:
        raise Refused(f"{file} has no block `{'.'.join(keys)}` to add to")
    return node

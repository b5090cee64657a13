"""Takes operations out of the three languages: their halves, then what nothing refers to any more because of that.

What was referred to by nothing before stays: it is somebody's draft. The vocabulary of `policy.yaml` and `errors.yaml` stays, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from codegen.fix import fix
from codegen.parse.documents import Documents
from codegen.parse.openapi import METHODS
from codegen.parse.yaml_tree import Mapping, Node, Sequence, text_of
from codegen.pipeline import Loaded, load
from codegen.remove.cuts import Cut, declaration, entry, without

SOCKET_ROOT = "specs/asyncapi.yaml"
MAX_ROUNDS = 20
UNREACHED = ("X007", "X008")
"""Rules that an rpc has no operation, and that a message is reached by none."""


def take_out(specs: Path, names: set[str], features: set[str]) -> None:
    """Rewrites a copy of the contract without operations and events, and without the tags of features; goes on until a
    round finds nothing more that went out of use. Raises Refused for what cannot be cut by lines."""
    loaded = load(specs)
    referred = _referred(loaded.dialects.documents)
    _rewrite(specs, loaded, [*_http(loaded, names), *_socket(loaded, names), *_tags(loaded, features)])
    for _ in range(MAX_ROUNDS):
        loaded = load(specs)
        cuts = [*_unused(loaded.dialects.documents, referred), *_unreached(loaded)]
        if not cuts:
            return
        _rewrite(specs, loaded, cuts)


def _rewrite(specs: Path, loaded: Loaded, cuts: list[Cut]) -> None:
    sources = fix.texts_of(specs)
    fix.write_texts(specs, without(sources, cuts))
    for file in {cut.file for cut in cuts}:
        path = specs / file.removeprefix("specs/")
        if _says_nothing(file, path.read_text(encoding="utf-8")):
            path.unlink()


def _says_nothing(file: str, text: str) -> bool:
    """Nothing but comments, and in proto the head and a service without an rpc."""
    if file.endswith(".proto"):
        return re.search(r"^\s*(?:rpc|message|enum)\s", text, re.MULTILINE) is None
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return all(re.fullmatch(r"(?:operations|messages):\s*", line) for line in lines)


def _trees(documents: Documents, folder: str) -> list[Mapping]:
    trees = (documents.tree(file) for file in documents.names(folder, ".yaml"))
    return [tree for tree in trees if isinstance(tree, Mapping)]


def _http(loaded: Loaded, names: set[str]) -> Iterator[Cut]:
    documents = loaded.dialects.documents
    gone: list[Node] = []
    for tree in _trees(documents, "http"):
        for key, item in tree:
            methods = _methods(item)
            leaving = [method for method, name in methods.items() if name in names]
            if isinstance(item, Mapping) and leaving and len(leaving) == len(methods):
                gone.append(item)
                yield entry(tree, key)
            elif isinstance(item, Mapping):
                yield from (entry(item, method) for method in leaving)
        yield from _links(tree, names)
    paths = _child(documents.tree("specs/openapi.yaml"), "paths")
    for path, node in paths or ():
        if paths is not None and any(documents.resolve(node) is item for item in gone):
            yield entry(paths, path)


def _methods(item: Node) -> dict[str, str | None]:
    found = {key: node for key, node in item if key in METHODS} if isinstance(item, Mapping) else {}
    return {key: text_of(node.get("operationId")) if isinstance(node, Mapping) else None for key, node in found.items()}


def _links(root: Node, names: set[str]) -> Iterator[Cut]:
    """Links to what goes; the last one takes the word with it."""
    for node in _nodes(root):
        links = node.get("links") if isinstance(node, Mapping) else None
        if isinstance(node, Mapping) and isinstance(links, Mapping):
            aims = {key: text_of(one.get("operationId")) if isinstance(one, Mapping) else None for key, one in links}
            yield from _entries(node, "links", {key for key, aim in aims.items() if aim in names})


def _socket(loaded: Loaded, names: set[str]) -> Iterator[Cut]:
    documents = loaded.dialects.documents
    root = documents.tree(SOCKET_ROOT)
    for tree in [*_trees(documents, "packages"), *([root] if isinstance(root, Mapping) else [])]:
        yield from _entries(tree, "operations", names)


def _entries(holder: Mapping, key: str, gone: set[str]) -> Iterator[Cut]:
    """Entries of a table; with the last one goes the table, since YAML would read an empty block as null."""
    table = holder.get(key)
    leaving = [name for name in table.entries if name in gone] if isinstance(table, Mapping) else []
    if isinstance(table, Mapping) and leaving and len(leaving) == len(table.entries):
        yield entry(holder, key)
    elif isinstance(table, Mapping):
        yield from (entry(table, name) for name in leaving)


def _tags(loaded: Loaded, features: set[str]) -> Iterator[Cut]:
    root = loaded.dialects.documents.tree("specs/openapi.yaml")
    tags = root.get("tags") if isinstance(root, Mapping) else None
    for item in tags.items if isinstance(tags, Sequence) and not tags.is_flow else ():
        if isinstance(item, Mapping) and text_of(item.get("name")) in features:
            yield Cut(item.place.file, item.place.line, max(item.place.line, item.end.line - (not item.is_flow)))


# What is referred to by nothing


def _unused(documents: Documents, before: set[tuple[str, str]]) -> Iterator[Cut]:
    """Schemas, messages and shared parts of HTTP that were referred to, and are no more."""
    lost = before - _referred(documents)
    for folder in ("schemas", "http"):
        for tree in _trees(documents, folder):
            yield from (entry(tree, key) for key in tree.entries if (tree.place.file, key) in lost)
    for tree in _trees(documents, "packages"):
        yield from _entries(tree, "messages", _names(lost, tree.place.file, "messages/"))
    web = _child(documents.tree(SOCKET_ROOT), "channels", "web")
    if web is not None:
        yield from _entries(web, "messages", _names(lost, SOCKET_ROOT, "channels/web/messages/"))


def _names(parts: set[tuple[str, str]], file: str, prefix: str) -> set[str]:
    return {part.removeprefix(prefix) for one, part in parts if one == file and part.startswith(prefix)}


def _referred(documents: Documents) -> set[tuple[str, str]]:
    """Every part that a `$ref` names from outside of that part; a channel's message counts by who uses the channel's name."""
    found = set()
    files = ["specs/openapi.yaml", SOCKET_ROOT]
    files += [file for folder in ("schemas", "http", "packages") for file in documents.names(folder, ".yaml")]
    for file in files:
        for node in _nodes(documents.tree(file)):
            reference = text_of(node.get("$ref")) if isinstance(node, Mapping) else None
            if reference is not None:
                path, _, pointer = reference.partition("#/")
                target = documents.beside(file, path) if path else file
                part = (target, _part(target, pointer))
                if part != (file, _part(file, node.pointer[1:])):
                    found.add(part)
    return found


def _part(file: str, pointer: str) -> str:
    """The entry that a pointer leads into."""
    steps = pointer.split("/")
    depth = 4 if steps[0] == "channels" else 2 if file.startswith("specs/packages/") or steps[0] == "operations" else 1
    return "/".join(steps[:depth])


def _unreached(loaded: Loaded) -> Iterator[Cut]:
    places = [one.place for one in loaded.findings if one.rule in UNREACHED]
    sources = loaded.dialects.documents.sources
    yield from (declaration(place.file, sources[place.file], place.line) for place in places)


def _child(node: Node | None, *keys: str) -> Mapping | None:
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else None


def _nodes(root: Node | None) -> Iterator[Node]:
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        yield node
        waiting += (
            node.items if isinstance(node, Sequence) else node.entries.values() if isinstance(node, Mapping) else []
        )

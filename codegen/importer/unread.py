"""Operations that a document means to have and that nobody can read: they are counted and named as the others that do not arrive."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.importer.asyncapi2 import ACTIONS
from codegen.importer.losses import Unarrived
from codegen.importer.nodes import mapping, place_of, text
from codegen.importer.sources import Library, Source
from codegen.parse.openapi import METHODS
from codegen.parse.yaml_tree import Mapping, Node, Scalar

CORRECT = "correct it, or the reference to it"


def unread(source: Source, library: Library) -> Iterator[Unarrived]:
    """In the order of the document; an empty path or channel means nothing to have."""
    if source.dialect == "openapi":
        yield from _of_paths(source.root, library)
    elif source.version.startswith("2."):
        yield from _of_channels(source.root)
    else:
        yield from _of_operations(source.root, library)


def _of_paths(root: Mapping, library: Library) -> Iterator[Unarrived]:
    paths = mapping(root, "paths")
    for path, node in paths or ():
        item = library.resolve(node)
        if not isinstance(item, Mapping):
            if paths is not None and not _is_null(node):
                yield Unarrived(path, place_of(paths, path), "its path item is no mapping, or refers to nothing")
            continue
        for method, said in item:
            if method in METHODS and not isinstance(library.resolve(said), Mapping):
                yield Unarrived(f"{method.upper()} {path}", place_of(item, method), "it is no mapping")


def _of_channels(root: Mapping) -> Iterator[Unarrived]:
    channels = mapping(root, "channels")
    for address, node in channels or ():
        if not isinstance(node, Mapping):
            if channels is not None and not _is_null(node):
                yield Unarrived(address, place_of(channels, address), "its channel is no mapping")
            continue
        for key in ACTIONS:
            if key in node.entries and mapping(node, key) is None:
                yield Unarrived(f"{key} {address}", place_of(node, key), "it is no mapping")


def _of_operations(root: Mapping, library: Library) -> Iterator[Unarrived]:
    operations = mapping(root, "operations")
    for key, node in operations or ():
        operation = library.resolve(node)
        place = place_of(operations, key) if operations is not None else node.place
        if not isinstance(operation, Mapping):
            yield Unarrived(key, place, "it is no mapping, or refers to nothing")
        elif not isinstance(library.resolve(operation.get("channel")), Mapping):
            yield Unarrived(key, place, "its channel is no mapping, or refers to nothing")
        elif text(operation, "action") not in ACTIONS.values():
            yield Unarrived(key, place, f"its action {text(operation, 'action')!r} is neither send nor receive")


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None

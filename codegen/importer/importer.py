"""`python -m codegen import`: documents that a team has → specs/ that compiles, and a report of every loss.

read → upgrade → names → types and operations → text → compiled, what is refused taken out → written. Deterministic: the same
documents give the same bytes. Nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from codegen.diagnostics import Findings, Refused
from codegen.importer import asyncapi2
from codegen.importer.draft import Data, Draft
from codegen.importer.errors import Errors
from codegen.importer.http import Door, Found, operations_of
from codegen.importer.links import Links
from codegen.importer.losses import DOCUMENT, Losses
from codegen.importer.names import Taken, identifier
from codegen.importer.nodes import items, mapping, place_of, text
from codegen.importer.notes import docs, notes
from codegen.importer.paths import shape_of
from codegen.importer.platform import Platform, read_platform
from codegen.importer.rest import KEPT_INFO, left_of_document
from codegen.importer.security import Security
from codegen.importer.shapes import Shapes
from codegen.importer.socket import Socket, messages_of
from codegen.importer.sources import Library, Source
from codegen.importer.trial import compiled
from codegen.importer.types import Types
from codegen.importer.unread import CORRECT, unread
from codegen.importer.upgrade import upgrade
from codegen.ir.names import pascal
from codegen.parse.annotations import DOCS
from codegen.parse.yaml_tree import Mapping, plain

SAID_OF_TAGS = ("description", DOCS)


@dataclass(slots=True)
class Imported:
    """`findings` are what keeps documents from being read; then there are no files."""

    findings: Findings
    losses: Losses
    sources: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)
    left: str = ""
    """What the compiler still refuses, of which no operation is to blame."""


def import_documents(files: list[str], specs: Path) -> Imported:
    """Nothing is written. `specs` is the contract from which the platform's part comes. Raises Refused."""
    if not (specs.parent / ".owners").is_file():
        raise Refused(f"beside {specs} there is no .owners, which says what of it is the platform's")
    findings, losses = Findings(), Losses()
    library = Library(findings)
    sources = library.read(files)
    if len(findings):
        return Imported(findings, losses, library.sources)
    for tree in library.trees():
        upgrade(tree)
    platform = read_platform(specs)
    draft = _drafted(sources, library, platform, losses)
    done = compiled(draft, platform, losses)
    losses.settle()
    return Imported(findings, losses, library.sources, {} if done.left else done.files, done.left)


def _drafted(sources: list[Source], library: Library, platform: Platform, losses: Losses) -> Draft:
    draft = Draft(_info(sources[0].root))
    names, features = (
        Taken(platform.operations, are_rpcs=True),
        Taken({*platform.features, "shared", "envelope", "buf"}),
    )
    given: dict[str, str] = {}
    shapes = Shapes(library, losses)
    types = Types(shapes, losses, Taken(platform.types), draft.schemas)
    doors = [
        _door(source, types, draft, losses, platform, library) for source in sources if source.dialect == "openapi"
    ]
    found = [
        (door, list(operations_of(source, types)))
        for source, door in zip([one for one in sources if one.dialect == "openapi"], doors, strict=True)
    ]
    known: set[str] = set()
    for door, operations in found:
        losses.total += len(operations)
        door.name(operations, names, features, given)
    sockets = [
        (
            Socket(types, draft, losses, Security(source.root, library, draft, losses)),
            list(messages_of(_form(source), library)),
            source,
        )
        for source in sources
        if source.dialect == "asyncapi"
    ]
    for socket, messages, _ in sockets:
        losses.total += len(messages)
        socket.name(messages, names, features, given)
    types.names = Taken({*platform.types, *(f"{pascal(one.name)}Request" for _, each in found for one in each),
                         *(f"{pascal(one.name)}Request" for _, each, _ in sockets for one in each),
                         *(f"{pascal(feature)}Service" for feature in given.values())})  # fmt: skip
    for door, operations in found:
        _read(door, operations, known, losses)
    for socket, messages, _ in sockets:
        socket.read(messages)
    for source in sources:
        _say_unread(source, library, losses)
        _tags(source.root, draft, given, losses)
        _docs(source.root, draft, losses)
        left_of_document(source, types, losses)
    return draft


def _say_unread(source: Source, library: Library, losses: Losses) -> None:
    for one in unread(source, library):
        losses.total += 1
        losses.lose(one.label, one.place, one.why, CORRECT)


def _form(source: Source) -> Mapping:
    return asyncapi2.upgraded(source.root) if source.version.startswith("2.") else source.root


def _door(source: Source, types: Types, draft: Draft, losses: Losses, platform: Platform, library: Library) -> Door:
    security = Security(source.root, library, draft, losses)
    errors = Errors(library, draft, losses, platform.codes)
    return Door(types, draft, losses, security, errors, platform.paths, Links(types, losses))


def _read(door: Door, operations: list[Found], known: set[str], losses: Losses) -> None:
    by_path: dict[str, list[Found]] = {}
    for one in operations:
        asked = f"{one.method} {shape_of(one.route)}" if one.route else one.label
        if asked in known:
            why = "another operation is served at its path"
            losses.lose(one.label, one.place, why, "give it another path, or import the documents apart")
            continue
        known.add(asked)
        by_path.setdefault(one.route, []).append(one)
    for path, found in by_path.items():
        door.read(path, found)
    door.links.settle()


def _tags(root: Mapping, draft: Draft, given: dict[str, str], losses: Losses) -> None:
    """The features that have operations, with what the document says of their tags."""
    used = {one.feature for one in draft.operations}
    said: dict[str, Data] = {}
    for tag in items(root, "tags"):
        feature = given.get(identifier(text(tag, "name")))
        if feature is not None and isinstance(tag, Mapping):
            said.setdefault(feature, {key: one for key, one in notes(losses, tag).items() if key in SAID_OF_TAGS})
    for feature in sorted(used):
        draft.tags[feature] = draft.tags.get(feature) or said.get(feature) or {}


def _docs(root: Mapping, draft: Draft, losses: Losses) -> None:
    """Of the first document that says where more is read; AsyncAPI 3.0 says it in `info`."""
    for holder in (root, mapping(root, "info") or root):
        found = {} if DOCS not in holder.entries else docs(losses, holder)
        if found and draft.docs not in ({}, found):
            lost = f"a second {DOCS} is left out"
            losses.add(DOCUMENT, place_of(holder, DOCS), lost, "name one address for the whole")
        draft.docs = draft.docs or found


def _info(root: Mapping) -> Data:
    info = mapping(root, "info")
    found: Data = {
        key: one for key in KEPT_INFO if info is not None and key in info.entries and (one := plain(info.entries[key]))
    }
    for key in ("contact", "license"):
        data = found.pop(key, None)
        kept = data.items() if isinstance(data, dict) else ()
        if said := {name: one for name, one in kept if not name.startswith("x-") and isinstance(one, str)}:
            found[key] = said
    if "name" not in found.get("license", {"name": ""}):
        del found["license"]
    return found | {"title": text(info, "title") or "API", "version": text(info, "version") or "1.0.0"}

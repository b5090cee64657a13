"""Findings that only follow from others: they would bury the one that matters.

Two things are dropped. Where a file cannot be read, every comparison with it or with what refers to it. Where a part of a
file was refused, what says that something is missing there, or in a part that refers to it: it may be in what was refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from codegen.diagnostics import Finding, Findings, Place
from codegen.parse.documents import Documents
from codegen.parse.yaml_tree import Mapping, Node, Sequence, text_of

Unit = tuple[str, str]
"""A file and the pointer of one of its parts: a schema, an operation, a message, a path item."""

COMPARISONS = ("J", "X", "N", "O008", "A013", "A014", "V032")
"""Rules, or their letters, that hold two places against each other."""
UNREADABLE = {"Y001", "Y002", "Y003", "Y004", "Y005", "Y006", "Y007", "Y008", "Y009", "Y010", "R002", "P001"}
"""Rules after which a file counts as not read."""
REFUSALS = ("F", "R", "S", "O", "A", "Y")
"""Rules, by their letters, that a part of a file was refused."""
MISSING = {
    "A013",
    "A014",
    "J003",
    "J004",
    "J006",
    "J007",
    "J013",
    "J014",
    "X004",
    "X011",
    "X016",
    "X018",
}
"""Rules that something is missing, which may stand in a part that was refused."""
DEPENDENT = {"A008", "O008", "O010", "V021", "V022", "V023", "V028", "V029", "V030", "V032"}
"""Rules about what a part refers to, whose findings are refusals of their own unless that reference leads nowhere."""
UNREAD = {"F001", "O003", "S004"}
"""Rules that say of a key that it is not read: of what is below nothing more is to be said."""
UNREACHED = {"A015", "O015", "O016", "X007", "X008"}
"""Rules that something is reached by nothing, or leads to nothing, which may stand in a part that was refused."""
OF_SCHEMAS = {
    "S003",
    "S004",
    "S005",
    "S006",
    "S007",
    "S008",
    "S010",
    "S012",
    "S017",
    "S019",
    "S020",
    "S021",
    "S022",
    "S025",
    "S026",
    "S028",
}
"""Rules that are judged while a schema is read."""
LOCK, FRAME = "specs/contract.lock", "specs/schemas/frame.yaml"
TABLES = (
    ("specs/policy.yaml", "roles", "role"),
    ("specs/policy.yaml", "buckets", "bucket"),
    ("specs/policy.yaml", "topics", "topic"),
    ("specs/errors.yaml", "errors", "error"),
)
"""The vocabulary: file, table and noun. Where a table was refused, its names are not unknown."""
DEPTHS = {"packages": 2, "openapi": 2, "asyncapi": 3}
UNSETTLED = {"J003", "J004", "J005", "J006", "J010", "J011", "J012"}
"""Rules after which the doors do not agree on what a message holds or is called."""


def drop_consequences(documents: Documents, findings: Findings) -> None:
    """Removes findings and adds none; to be called once, when all are there. What a person mends first stays, so that
    another run says the rest."""
    broken = {one.place.file for one in findings if one.rule in UNREADABLE} | documents.unread()
    if broken:
        tainted = _tainted_files(broken, documents.sources)
        findings.drop(lambda one: one.rule.startswith(COMPARISONS) and bool(_files(one) & tainted))
    parts = _Parts(documents)
    units = parts.tainted(one for one in findings if _is_refusal(one))
    findings.drop(lambda one: one.rule in UNREACHED and not one.edits and bool(units or broken))
    findings.drop(lambda one: bool(broken) and not one.place.file.startswith("specs/"))
    findings.drop(lambda one: one.rule == "A008" and FRAME in broken)
    findings.drop(lambda one: one.rule in MISSING and bool(parts.of(one) & units))
    unread = parts.tainted(one for one in findings if one.rule.startswith("R"))
    findings.drop(lambda one: one.rule in DEPENDENT and bool(parts.of(one) & unread))
    lost = {f"the event {unit[1].rpartition('/')[2]!r}" for unit in unread if unit[1].startswith("operations/")}
    findings.drop(lambda one: one.rule == "V008" and any(words in one.message for words in lost))
    undirected = parts.tainted(one for one in findings if one.rule == "S032")
    findings.drop(lambda one: one.rule.startswith("X") and bool(parts.of(one) & undirected))
    if any(one.rule == "S015" for one in findings):
        findings.drop(lambda one: one.rule == "S027")
    _drop_unknown_names(documents, findings)
    words = {one.place for one in findings if one.rule == "W001"}
    findings.drop(lambda one: one.rule in UNREAD and one.place in words)
    _drop_repetitions(findings)


def _drop_repetitions(findings: Findings) -> None:
    """A schema is read as a type and as a request; what is wrong with it is said once, of the first that was read."""
    first: dict[tuple[str, Place], Finding] = {}
    for one in findings:
        first.setdefault((one.rule, one.place), one)
    findings.drop(lambda one: one.rule in OF_SCHEMAS and first[one.rule, one.place] is not one)


def _drop_unknown_names(documents: Documents, findings: Findings) -> None:
    """A name is not unknown where the table that would have it was refused."""
    refused = {one.place.file for one in findings if one.rule.startswith(("F", "Y"))} | documents.unread()
    if LOCK in refused:
        findings.drop(lambda one: one.rule == "N003")
    lost = tuple(
        f"the {noun} " for file, table, noun in TABLES if file in refused and not documents.is_mapping(file, table)
    )
    findings.drop(lambda one: one.rule == "V008" and any(words in one.message for words in lost))
    gone = tuple(
        f"{PurePosixPath(file).name}#/{table}/"
        for file, table, _ in TABLES
        if file in refused and not documents.is_mapping(file, table)
    )
    findings.drop(lambda one: one.rule == "R005" and any(pointer in one.message for pointer in gone))


def _is_refusal(finding: Finding) -> bool:
    return finding.rule.startswith(REFUSALS) and finding.rule not in MISSING | UNREACHED


class _Parts:
    """Which part of which file a place is in, and which parts refer to which; the doors of one operation to each other."""

    def __init__(self, documents: Documents) -> None:
        self._units: dict[Place, Unit] = {}
        self._references: dict[Unit, set[Unit]] = {}
        self._halves: dict[str, set[Unit]] = {}
        for file, tree in documents.read_trees():
            for node in _nodes(tree):
                self._take(documents, file, node)
        for halves in self._halves.values():
            for half in halves:
                self._references.setdefault(half, set()).update(halves - {half})

    def _take(self, documents: Documents, file: str, node: Node) -> None:
        unit = _unit(file, node.pointer)
        self._units.setdefault(node.place, unit)
        if not isinstance(node, Mapping):
            return
        for key, place in node.keys.items():
            self._units.setdefault(place, _unit(file, f"{node.pointer}/{key}"))
        name = text_of(node.get("operationId")) or (
            node.pointer.removeprefix("/operations/") if _is_operation(node) else None
        )
        if name:
            self._halves.setdefault(name, set()).add(unit)
        reference = text_of(node.get("$ref"))
        if reference is not None:
            target_file, _, pointer = reference.partition("#")
            target = documents.beside(file, target_file) if target_file else file
            self._references.setdefault(unit, set()).add(_unit(target, pointer))

    def of(self, finding: Finding) -> set[Unit]:
        places = (finding.place, finding.other)
        return {self._units[place] for place in places if place is not None and place in self._units}

    def tainted(self, refusals: Iterator[Finding]) -> set[Unit]:
        """Parts with a refusal in them, and those that refer to one of these, and so on."""
        found = {unit for one in refusals for unit in self.of(one)}
        referring: dict[Unit, list[Unit]] = {}
        for unit, targets in self._references.items():
            for target in targets:
                referring.setdefault(target, []).append(unit)
        waiting = list(found)
        while waiting:
            more = [unit for unit in referring.get(waiting.pop(), ()) if unit not in found]
            found.update(more)
            waiting += more
        return found


def _nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Sequence):
            waiting += node.items
        elif isinstance(node, Mapping):
            waiting += node.entries.values()


def _is_operation(node: Node) -> bool:
    return node.pointer.startswith("/operations/") and node.pointer.count("/") == 2


def _unit(file: str, pointer: str) -> Unit:
    steps = pointer.split("/")[1:]
    folder = file.removeprefix("specs/").partition("/")[0].partition(".")[0]
    depth = (
        4
        if steps[:3] == ["channels", "web", "messages"]
        else 2
        if steps[:1] == ["operations"]
        else DEPTHS.get(folder, 1)
    )
    return file, "/".join(steps[:depth])


def withhold_copies(findings: Findings) -> None:
    """What a schema says wrongly, or the doors differently, is not copied into proto before a person settles it."""
    if any(one.rule.startswith("S") or one.rule in UNSETTLED for one in findings):
        findings.withhold("X")


def _files(finding: Finding) -> set[str]:
    return {finding.place.file} | ({finding.other.file} if finding.other else set())


def _tainted_files(broken: set[str], sources: dict[str, str]) -> set[str]:
    """Broken files, files that name one, and so on; then the other files of their features."""
    found = set(broken)
    while more := {
        file
        for file, text in sources.items()
        if file not in found and any(_refers(text, other) for other in found if other.endswith(".yaml"))
        and PurePosixPath(file).name not in ("openapi.yaml", "asyncapi.yaml")
    }:  # fmt: skip
        found |= more
    stems = {PurePosixPath(file).stem for file in found}
    return found | {file for file in sources if PurePosixPath(file).stem in stems}


def _refers(text: str, file: str) -> bool:
    return f"{PurePosixPath(file).name}#" in text

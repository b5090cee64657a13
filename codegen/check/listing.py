"""What the files of a feature declare is listed in the roots; a declaration that nothing reaches would be dropped silently."""

from __future__ import annotations

from codegen.diagnostics import Findings, Place
from codegen.edits import Edit
from codegen.parse.asyncapi import ROOT as ASYNCAPI
from codegen.parse.documents import Documents
from codegen.parse.openapi import METHODS
from codegen.parse.openapi import ROOT as OPENAPI
from codegen.parse.yaml_edits import add_entry
from codegen.parse.yaml_tree import Mapping, Node

ENDINGS = (".yaml", ".yml", ".json", ".lock")
"""Files that could be part of the contract; others, such as a README, nobody has to read."""


def check_listing(documents: Documents, findings: Findings) -> None:
    """A015 and O015; what is missing in AsyncAPI's lists has its edit, a path is for a person to say."""
    root = documents.tree(ASYNCAPI) if documents.has(ASYNCAPI) else None
    channels = _child(root, "channels")
    for section, table in (
        ("operations", _child(root, "operations")),
        ("messages", _child(channels, "web", "messages")),
    ):
        listed = _targets(table, documents)
        for file in documents.names("packages", ".yaml") if root is not None else ():
            for name, node in _child(documents.tree(file), section) or ():
                if node.place not in listed:
                    reference = f"{{$ref: '{file.removeprefix('specs/')}#/{section}/{name}'}}"
                    _report(findings, node, f"{section[:-1]} {name}", ASYNCAPI, _entry(table, name, reference))
    listed = _targets(_child(documents.tree(OPENAPI), "paths"), documents)
    for file in documents.names("http", ".yaml"):
        for name, node in _mapping(documents.tree(file)) or ():
            if isinstance(node, Mapping) and set(METHODS) & node.entries.keys() and node.place not in listed:
                _report(findings, node, f"path item {name}", OPENAPI, [])


def check_files(documents: Documents, findings: Findings) -> None:
    """A file that nothing reads, and that is no tool's; where something cannot be read, it may be what refers to it."""
    if any(finding.rule.startswith(("R", "Y", "A", "O")) for finding in findings):
        return
    for file in sorted(documents.below(*ENDINGS) - documents.sources.keys()):
        if not file.startswith("specs/proto/buf."):
            fix = "remove it, or refer to it; a feature's files end in .yaml"
            findings.add("F004", Place(file, 1, 1), "nothing reads this file", fix=fix)


def _report(findings: Findings, node: Node, what: str, root: str, edits: list[Edit]) -> None:
    rule = "A015" if root == ASYNCAPI else "O015"
    findings.add(rule, node.place, f"the {what} is not listed in {root}", fix=f"$ref it from {root}", edits=edits)


def _entry(table: Mapping | None, name: str, reference: str) -> list[Edit]:
    return [] if table is None or name in table.entries else [add_entry(table, name, reference)]


def _targets(table: Mapping | None, documents: Documents) -> set[Place]:
    found = [documents.resolve(node) for _, node in table or ()]
    return {node.place for node in found if node is not None}


def _child(node: Node | None, *keys: str) -> Mapping | None:
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return _mapping(node)


def _mapping(node: Node | None) -> Mapping | None:
    return node if isinstance(node, Mapping) else None

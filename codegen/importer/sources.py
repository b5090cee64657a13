"""The documents that are imported, with the place of every node, and the local files that they refer to.

Nothing is fetched, and no file is read that is neither below the current folder nor in a folder beside that of a document. What
keeps a document from being read is a finding; all of them are collected.
"""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

from codegen.diagnostics import Findings, Place, meant, shown
from codegen.importer.nodes import place_of, reference, text, walk
from codegen.parse.yaml_tree import Limits, Mapping, Node, Sequence, kind_of, parse_yaml

LIMITS: Limits = (30_000_000, 2_000_000, 1_000_000_000, 500_000)
MAX_REFERENCES = 32
DIALECT, LOCAL = "I001", "I002"
VERSIONS = {"openapi": r"3\.[01](\.\d+)?(-.*)?", "asyncapi": r"(2\.[0-6]|3\.[01])(\.\d+)?"}
SURROGATES = re.compile(rb"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
WANTED = "hand in OpenAPI 3.0 or 3.1, or AsyncAPI 2.6 or 3.0"


@dataclass(slots=True)
class Source:
    """One document that was named: its root, and which dialect and version it is."""

    file: str
    root: Mapping
    dialect: str
    version: str


@dataclass(slots=True)
class Library:
    findings: Findings
    sources: dict[str, str] = field(default_factory=dict)
    _trees: dict[str, Node | None] = field(default_factory=dict)
    _folders: list[Path] = field(default_factory=list)
    _parts: set[str] = field(default_factory=set)
    """Files that others refer to."""

    def read(self, files: list[str]) -> list[Source]:
        """The documents among the files; the others are parts that these refer to."""
        names = list(dict.fromkeys(posixpath.normpath(file.replace(os.sep, "/")) for file in files))
        self._folders = [Path.cwd().resolve(), *(_around(Path(name).resolve().parent) for name in names)]
        self._follow([name for name in names if self._tree(name, Place(name, 1, 1)) is not None])
        return [one for one in map(self._document, names) if one is not None]

    def trees(self) -> list[Node]:
        return [tree for tree in self._trees.values() if tree is not None]

    def resolve(self, node: Node | None) -> Node | None:
        """What a node says, references followed; None where one leads to nothing, or in a circle."""
        for _ in range(MAX_REFERENCES):
            target = reference(node)
            if target is None:
                return node
            node = self.target(node.place.file if node else "", target)
        return None

    def target(self, file: str, written: str) -> Node | None:
        """What `other.yaml#/a/b`, said in a file, points to; None where there is nothing."""
        path, _, pointer = written.partition("#")
        node = self._trees.get(self._beside(file, path) if path else file)
        for step in pointer.split("/")[1:]:
            key = _unescaped(step)
            if isinstance(node, Mapping) and key not in node.entries and "$ref" in node.entries:
                node = self.resolve(node)
            if isinstance(node, Sequence):
                node = node.items[int(key)] if key.isdecimal() and int(key) < len(node.items) else None
            else:
                node = node.get(key) if isinstance(node, Mapping) else None
        return node

    def _document(self, name: str) -> Source | None:
        root = self._trees[name]
        if root is None:
            return None
        if not isinstance(root, Mapping):
            self.findings.add(DIALECT, root.place, f"the document is {kind_of(root)}", fix=WANTED)
            return None
        for dialect, versions in VERSIONS.items():
            if dialect in root.entries:
                said = text(root, dialect)
                if re.fullmatch(versions, said):
                    return Source(name, root, dialect, said)
                self.findings.add(DIALECT, place_of(root, dialect), f"this is {dialect} {said!r}", fix=WANTED)
                return None
        if "swagger" in root.entries:
            said = f"this is Swagger {text(root, 'swagger')!r}"
            fix = f"convert it with any Swagger 2.0 to OpenAPI 3 converter, and {WANTED}"
            self.findings.add(DIALECT, place_of(root, "swagger"), said, fix=fix)
            return None
        if name not in self._parts:
            self.findings.add(DIALECT, root.place, "this is neither OpenAPI nor AsyncAPI", fix=WANTED)
        return None

    def _follow(self, waiting: list[str]) -> None:
        """Read all local files that are referred to, so that each that is missing is a finding of this run."""
        while waiting:
            tree = self._trees.get(waiting.pop())
            for node in walk(tree) if tree is not None else ():
                path = (reference(node) or "").partition("#")[0]
                if not path or "://" in path:
                    continue
                name = self._beside(node.place.file, path)
                self._parts.add(name)
                if name not in self._trees and self._tree(name, place_of(node, "$ref")) is not None:
                    waiting.append(name)

    def _beside(self, file: str, path: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))

    def _tree(self, name: str, wanted_by: Place) -> Node | None:
        if name not in self._trees:
            data = self._bytes(name, wanted_by)
            self._trees[name] = (
                None if data is None else parse_yaml(name, _plain_json(name, data), self.findings, LIMITS)
            )
        return self._trees[name]

    def _bytes(self, name: str, wanted_by: Place) -> bytes | None:
        try:
            return self._read(name, wanted_by)
        except (OSError, RuntimeError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "its name is none, or links in a circle"
            fix = "put the file there, or correct the path"
            self.findings.add(LOCAL, wanted_by, f"the file {shown(repr(name))} cannot be read: {reason}", fix=fix)
            return None

    def _read(self, name: str, wanted_by: Place) -> bytes | None:
        """Raises OSError, RuntimeError and ValueError as a file system does."""
        path = Path(name)
        resolved = path.resolve()
        if not any(resolved.is_relative_to(folder) for folder in self._folders):
            fix = "copy the file beside the document, and correct the reference"
            self.findings.add(LOCAL, wanted_by, f"{shown(repr(name))} is outside of the documents' folders", fix=fix)
            return None
        if not path.is_file():
            beside = sorted(one.name for one in path.parent.iterdir()) if path.parent.is_dir() else []
            fix = meant(path.name, beside, "put the file there, or correct the path")
            self.findings.add(LOCAL, wanted_by, f"there is no file {shown(repr(name))}", fix=fix)
            return None
        with path.open("rb") as stream:
            data = stream.read(LIMITS[0] + 1)
        self.sources[name] = data.decode("utf-8", "replace") if len(data) <= LIMITS[0] else ""
        return data


def _around(folder: Path) -> Path:
    """Documents of one API stand in folders side by side; what is beside the root of all files is none of them."""
    return folder.parent if folder.parent.parent != folder.parent else folder


def _plain_json(name: str, data: bytes) -> bytes:
    """JSON escapes what is beyond U+FFFF as two surrogates, YAML as one character."""
    if not name.endswith(".json"):
        return data

    def joined(found: re.Match[bytes]) -> bytes:
        code = 0x10000 + ((int(found[1], 16) - 0xD800) << 10) + int(found[2], 16) - 0xDC00
        return b"\\U%08X" % code

    return SURROGATES.sub(joined, data)


def _unescaped(step: str) -> str:
    plain = re.sub(r"%([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), step)
    return plain.replace("~1", "/").replace("~0", "~")

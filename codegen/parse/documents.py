"""The files under `specs/` and the `$ref`s between them. A reference never leaves that folder and never opens a socket."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from codegen.diagnostics import Findings, Place, meant, shown
from codegen.parse.yaml_tree import MAX_BYTES, Mapping, Node, Sequence, parse_yaml, text_of

MAX_REFERENCES = 32
_NO_FILE = "put a file of that name there, or correct the name"


class Documents:
    """Reads each file at most once. Files are named `specs/…` wherever the folder is, with forward slashes."""

    def __init__(self, root: Path, findings: Findings) -> None:
        self._root = root
        self._findings = findings
        self._trees: dict[str, Node | None] = {}
        self._followed = 0
        """The references of the one that is being resolved, those inside of its pointers included."""
        self._implied: dict[str, bytes] = {}
        self.sources: dict[str, str] = {}

    def imply(self, file: str, data: bytes) -> None:
        """The text of a file that is not there, and has not been asked for."""
        self._implied[file] = data

    def tree(self, file: str, wanted_by: Place | None = None) -> Node | None:
        """The root node of `specs/…`, or None after a finding."""
        if file not in self._trees:
            data = self.read(file, wanted_by)
            self._trees[file] = None if data is None else parse_yaml(file, data, self._findings)
        return self._trees[file]

    def read(self, file: str, wanted_by: Place | None = None) -> bytes | None:
        """The bytes of a file under `specs/`; links that lead out of it are refused."""
        if (implied := self._implied.get(file)) is not None:
            self.sources[file] = implied.decode()
            return implied
        path = self._root / file.removeprefix("specs/")
        place, name = wanted_by or Place(file, 1, 1), shown(repr(file))
        if "\0" in file:
            self._findings.add("R002", place, f"there is no file {name}", fix=_NO_FILE)
            return None
        try:
            if not path.resolve().is_relative_to(self._root.resolve()):
                self._findings.add("R001", place, f"{name} leads out of specs/", fix="keep every file under specs/")
                return None
            if not path.is_file():
                message = f"{name} is no file" if os.path.lexists(path) else f"there is no file {name}"
                self._findings.add("R002", place, message, fix=meant(path.name, _beside(path), _NO_FILE))
                return None
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except (OSError, RuntimeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "links in a circle"
            self._findings.add("R002", place, f"the file {name} cannot be read: {reason}", fix=_NO_FILE)
            return None
        self.sources[file] = data.decode("utf-8", "replace")
        return data

    def has(self, file: str) -> bool:
        """Whether it stands there, in whatever form: what cannot be read is refused by `read`."""
        return file in self._implied or os.path.lexists(self._root / file.removeprefix("specs/"))

    def is_implied(self, file: str) -> bool:
        """Whether it is not written, and something stands for it."""
        return file in self._implied

    def names(self, folder: str, ending: str) -> list[str]:
        """The files of one folder of `specs/`, sorted."""
        found = (path.name for path in (self._root / folder).glob(f"*{ending}") if not path.name.startswith("."))
        implied = (name for name in self._implied if name.startswith(f"specs/{folder}/") and name.endswith(ending))
        return sorted({*(f"specs/{folder}/{name}" for name in found), *implied})

    def below(self, *endings: str) -> set[str]:
        """The files of all folders of `specs/`, those of editors aside; links to folders are not followed."""
        found = set()
        for folder, folders, files in os.walk(self._root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            path = Path(folder).relative_to(self._root)
            found |= {
                (path / name).as_posix()
                for name in files
                if name.lower().endswith(endings) and not name.startswith(".")
            }
        return {f"specs/{name}" for name in found}

    def beside(self, file: str, path: str) -> str:
        """The file that a relative path in another file names."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(file), path))

    def read_trees(self) -> Iterator[tuple[str, Node]]:
        """What was read until now."""
        return ((file, tree) for file, tree in self._trees.items() if tree is not None)

    def unread(self) -> set[str]:
        """What was asked for and cannot be read."""
        return {file for file, tree in self._trees.items() if tree is None}

    def is_mapping(self, file: str, key: str) -> bool:
        root = self._trees.get(file)
        return isinstance(root, Mapping) and isinstance(root.get(key), Mapping)

    def resolve(self, node: Node | None) -> Node | None:
        """Follow `$ref` until something else comes; None after a finding."""
        before = self._followed
        try:
            return self._follow(node)
        finally:
            self._followed = self._followed if before else 0

    def _follow(self, node: Node | None) -> Node | None:
        while isinstance(node, Mapping) and (reference := node.get("$ref")) is not None:
            self._followed += 1
            if self._followed > MAX_REFERENCES:
                self._findings.add("R003", node.place, f"more than {MAX_REFERENCES} references in a row, or a circle")
                return None
            self._alone(node)
            node = self.target(reference)
        return node

    def _alone(self, node: Mapping) -> None:
        for key in node.entries.keys() - {"$ref"} if "/schema" not in node.pointer else ():
            if not node.place.file.startswith("specs/schemas/"):
                fix = "move it into what $ref names"
                self._findings.add("R006", node.keys[key], f"{key!r} stands beside $ref", fix=fix)

    def target(self, reference: Node) -> Node | None:
        """What one `$ref` points to."""
        text = text_of(reference)
        if text is None or "://" in text or text.startswith(("/", "\\")):
            what = repr(text) if text is not None else "a value that is not text"
            self._findings.add(
                "R004",
                reference.place,
                f"$ref is {what}",
                fix="write a relative path under specs/, then #/ and a pointer",
            )
            return None
        path, _, pointer = text.partition("#")
        file = self.beside(reference.place.file, path) if path else reference.place.file
        if not file.startswith("specs/"):
            self._findings.add(
                "R001", reference.place, f"{shown(repr(text))} leads out of specs/", fix="keep every file under specs/"
            )
            return None
        return self._point(self.tree(file, reference.place), pointer, text, reference.place)

    def _point(self, node: Node | None, pointer: str, text: str, place: Place) -> Node | None:
        if node is None:
            return None
        for step in pointer.split("/")[1:]:
            known = node.entries if isinstance(node, Mapping) else {}
            key = step.replace("~1", "/").replace("~0", "~")
            if node is not None and not isinstance(node, Mapping | Sequence):
                node = None
            if isinstance(node, Mapping) and "$ref" in node.entries and key not in node.entries:
                node = self.resolve(node)
                if node is None:
                    return None
            if isinstance(node, Sequence):
                node = node.items[int(key)] if key.isascii() and key.isdigit() and int(key) < len(node.items) else None
            elif isinstance(node, Mapping):
                node = node.get(key)
            if node is None:
                self._findings.add(
                    "R005",
                    place,
                    f"{shown(repr(text))} points to nothing",
                    fix=meant(key, known, "correct the pointer after #"),
                )
                return None
        return node


def shared_name(node: Node) -> str | None:
    """The name of a schema that stands at the top of a file in `specs/schemas/`."""
    if not node.place.file.startswith("specs/schemas/") or node.pointer.count("/") != 1:
        return None
    return node.pointer[1:]


def _beside(path: Path) -> list[str]:
    """The names of the files in its folder, if that is there."""
    return sorted(one.name for one in path.parent.iterdir()) if path.parent.is_dir() else []

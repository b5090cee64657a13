"""A small printer of Python modules: imports are recorded as symbols are used, and the text is parsed before it leaves.

Text from a contract reaches a module only through `repr` or as a checked identifier.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_SETTINGS = ("--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311")


@dataclass(frozen=True, slots=True)
class File:
    """`path` is relative to `generated/`, with forward slashes."""

    path: str
    data: bytes


OF_THE_CONTRACT = {"generated.enums", "generated.models", "generated.results", "generated.proto"}
"""Modules whose names are the contract's own; other names make way for these."""


class Module:
    """One Python file in the making. `taken` are the contract's names, which an imported or builtin name must not hide."""

    def __init__(self, path: str, docstring: str, taken: frozenset[str] = frozenset()) -> None:
        self._path = path
        self._taken = taken
        self._aliases: dict[str, str] = {}
        self._docstring = docstring
        self._imports: dict[str, set[str]] = {}
        self._exports: set[tuple[str, str]] = set()
        self._lines: list[str] = []

    def use(self, module: str, name: str = "") -> str:
        """Import `name` from `module` (or `module` itself) and answer how to call it."""
        self._imports.setdefault(module, set()).add(name)
        return self._free(name, module) if name else module

    def builtin(self, name: str) -> str:
        """A builtin type, under another name where a field of the contract has its own."""
        if name not in self._taken:
            return name
        self._aliases[f"{name}_"] = name
        return f"{name}_"

    def _free(self, name: str, module: str) -> str:
        return f"{name}_" if name in self._taken and module not in OF_THE_CONTRACT else name

    def export(self, module: str, name: str) -> None:
        """Import a name for others to import from here."""
        self._exports.add((module, name))

    def line(self, *lines: str) -> None:
        self._lines += lines

    def call(self, head: str, arguments: Iterable[str], tail: str = "") -> None:
        """`head(arguments)tail`; the formatter wraps what is too long."""
        self.line(f"{head}({', '.join(arguments)}){tail}")

    def file(self) -> File:
        text = "\n".join(
            [
                f'"""{self._docstring}"""',
                "",
                "from __future__ import annotations",
                "",
                *self._import_lines(),
                *(f"{alias} = {name}" for alias, name in sorted(self._aliases.items())),
                *self._lines,
            ]
        )
        ast.parse(text)
        return File(self._path, (text.rstrip() + "\n").encode())

    def _import_lines(self) -> list[str]:
        """Sorted and grouped by the formatter afterwards."""
        exported = {module: {name for other, name in self._exports if other == module} for module, _ in self._exports}
        wanted = {module: names - exported.get(module, set()) for module, names in self._imports.items()}
        plain = [f"import {module}" for module, names in sorted(wanted.items()) if "" in names]
        named = [
            f"from {module} import {', '.join(self._imported(name, module) for name in sorted(names - {''}))}"
            for module, names in sorted(wanted.items())
            if names - {""}
        ]
        return [
            *plain,
            *named,
            *(f"from {module} import {name} as {name}" for module, name in sorted(self._exports)),
        ]

    def _imported(self, name: str, module: str) -> str:
        free = self._free(name, module)
        return name if free == name else f"{name} as {free}"


def format_python(files: list[File]) -> list[File]:
    """Sort imports and lay out lines by ruff, in one process, with settings of their own."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    modules = [file for file in files if file.path.endswith(".py")]
    with tempfile.TemporaryDirectory() as folder:
        for file in modules:
            path = Path(folder, file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        sorting = [
            "check",
            "--select",
            "I",
            "--fix",
            "--config",
            "lint.isort.known-first-party = ['generated']",
        ]
        for command in (sorting, ["format"]):
            subprocess.run([ruff, *command, *_SETTINGS, folder], check=True, capture_output=True)
        formatted = {file.path: Path(folder, file.path).read_bytes() for file in modules}
    return [File(file.path, formatted.get(file.path, file.data)) for file in files]


def quoted(text: str) -> str:
    """A Python literal in double quotes where that is as safe as `repr`."""
    literal = repr(text)
    plain = literal.startswith("'") and '"' not in literal and "\\" not in literal
    return f'"{literal[1:-1]}"' if plain else literal


def attribute_docstring(said: Iterable[str]) -> list[str]:
    """Below an attribute: one line with all sentences and a blank one, or nothing."""
    text = " ".join(said)
    return [f"    {docstring(text)}", ""] if text else []


def docstring(text: str) -> str:
    """A one-line docstring literal."""
    one_line = " ".join(text.split())
    if not one_line.isprintable():
        return quoted(one_line)
    safe = one_line.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{safe}"""'

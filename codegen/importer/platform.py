"""The part of a contract that is the platform's: the files that `.owners` gives it, and its lines of the files that both share.

A line of the product goes; comments and order of the others stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from codegen.diagnostics import Findings, Refused
from codegen.importer.nodes import child, items, mapping, place_of, reference, text, walk
from codegen.ir.names import constant, pascal
from codegen.parse.openapi import METHODS
from codegen.parse.yaml_tree import Mapping, Node, parse_yaml, plain, text_of
from codegen.project.owners import Owner, Owners

ROOTS = ("openapi.yaml", "asyncapi.yaml", "errors.yaml", "policy.yaml", "contract.lock")
TRANSPORT = {"unknown_operation", "method_not_allowed", "request_timeout", "target_too_long", "head_too_large"}
"""Codes that no operation names: errors.yaml says so of them."""

Keep: TypeAlias = Callable[[str, Node], bool]


@dataclass(slots=True)
class Platform:
    """`texts` are by path below specs/; the names are those that a product may not have again."""

    texts: dict[str, str]
    operations: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    features: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)


def read_platform(specs: Path) -> Platform:
    """Of the project whose contract `specs` is. Raises Refused where `.owners` is wrong, or a root is not there."""
    if missing := [name for name in ROOTS if not (specs / name).is_file()]:
        raise Refused(
            f"{specs} has no {', '.join(missing)}, of which the platform's part would come; import into a project with both doors"
        )
    owners = Owners.read(specs.parent)
    owned = [
        path
        for path in sorted(specs.rglob("*"))
        if path.is_file() and owners.of(f"specs/{path.relative_to(specs).as_posix()}") is Owner.PLATFORM
    ]
    texts = {
        path.relative_to(specs).as_posix(): path.read_text(encoding="utf-8")
        for path in owned
        if not path.name.startswith(".")
    }
    platform = Platform(texts)
    trees = {name: _tree(name, body) for name, body in texts.items() if name.endswith(".yaml")}
    _names(platform, trees)
    roots = {name: (specs / name).read_text(encoding="utf-8") for name in ROOTS}
    _cut_roots(platform, roots, trees)
    return platform


def _tree(name: str, body: str) -> Node | None:
    return parse_yaml(name, body.encode(), Findings())


def _names(platform: Platform, trees: dict[str, Node | None]) -> None:
    for name, tree in trees.items():
        folder, _, file = name.rpartition("/")
        if not isinstance(tree, Mapping):
            continue
        if folder in ("http", "packages"):
            platform.features.add(Path(file).stem)
        if folder == "http":
            found = [mapping(item, method) for _, item in tree for method in METHODS]
            platform.operations |= {text(one, "operationId") for one in found if one is not None}
        elif folder == "packages":
            platform.operations |= {key for key, _ in mapping(tree, "operations") or ()}
        elif folder == "schemas":
            platform.features.add(Path(file).stem)
            platform.types |= set(tree.entries)
    protos = [body for name, body in platform.texts.items() if name.endswith(".proto")]
    platform.types |= {
        name for body in protos for name in re.findall(r"^\s*(?:message|enum|service) (\w+)", body, re.MULTILINE)
    }


def _cut_roots(platform: Platform, roots: dict[str, str], trees: dict[str, Node | None]) -> None:
    used = _used_words(trees)
    for name, sections in _kept(platform, used).items():
        tree = _tree(name, roots[name])
        drop: set[int] = set()
        for path, is_kept in sections.items():
            section = mapping(tree, *path)
            for key, node in section or ():
                drop |= set() if is_kept(key, node) else _lines(section, key)
            strange = [one for one in items(tree, *path) if not is_kept(text(one, "name"), one)]
            drop |= {one.place.line for one in strange}
        lines = roots[name].splitlines(keepends=True)
        platform.texts[name] = _emptied("".join(line for number, line in enumerate(lines, 1) if number not in drop))
        _settle(platform, name, _tree(name, platform.texts[name]))


def _kept(platform: Platform, used: set[str]) -> dict[str, dict[tuple[str, ...], Keep]]:
    """Which entries of the sections of each root are the platform's."""
    requests = {f"{pascal(one)}Request" for one in platform.operations}
    numbered = {constant(one) for one in platform.operations}
    return {
        "openapi.yaml": {
            ("paths",): lambda _, node: _file_of(node) in platform.texts,
            ("tags",): lambda name, _: name in platform.features,
        },
        "asyncapi.yaml": {
            ("operations",): lambda _, node: _file_of(node) in platform.texts,
            ("channels", "web", "messages"): lambda _, node: not _file_of(node) or _file_of(node) in platform.texts,
        },
        "errors.yaml": {
            ("errors",): lambda key, node: child(node, "implied_by") is not None or key in used | TRANSPORT
        },
        "policy.yaml": {("roles",): lambda key, _: key in used, ("topics",): lambda key, _: key in used},
        "contract.lock": {
            ("pkg_ids",): lambda key, _: key in numbered,
            ("fields",): lambda key, _: key in platform.types | requests,
        },
    }


def _settle(platform: Platform, name: str, tree: Node | None) -> None:
    if name == "openapi.yaml":
        platform.paths |= {key for key, _ in mapping(tree, "paths") or ()}
    elif name == "errors.yaml":
        platform.codes |= {key for key, _ in mapping(tree, "errors") or ()}
    elif name == "contract.lock":
        numbers = [plain(node) for _, node in mapping(tree, "pkg_ids") or ()]
        platform.numbers |= {one for one in numbers if isinstance(one, int)}


def _emptied(body: str) -> str:
    """A heading that lost its last entry says that there is none."""
    return re.sub(r"^(pkg_ids|fields|topics|roles):\n(?=\S|\Z|\n)", r"\1: {}\n", body, flags=re.MULTILINE)


def _lines(section: Mapping | None, key: str) -> set[int]:
    """From the key to the line before the next one."""
    if section is None:
        return set()
    start = place_of(section, key).line
    later = [place.line for place in section.keys.values() if place.line > start]
    return set(range(start, min(later, default=max(start + 1, section.end.line))))


def _file_of(node: Node) -> str:
    return (reference(node) or "").partition("#")[0]


def _used_words(trees: dict[str, Node | None]) -> set[str]:
    """Codes, roles and topics that the platform's operations name."""
    found: set[str] = set()
    for name, tree in trees.items():
        for node in walk(tree) if tree is not None and name.startswith(("http/", "packages/")) else ():
            found |= {text_of(one) or "" for one in items(node, "x-errors")}
            found |= {text_of(one) or "" for one in items(node, "bearer")}
            if "policy.yaml#/roles/" in (reference(node) or ""):
                found.add((reference(node) or "").rpartition("/")[2])
            if "x-topic" in node.entries:
                found.add(text(node, "x-topic"))
    return found

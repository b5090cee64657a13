"""YAML text to nodes that know file, line, column and pointer. YAML 1.2 core schema.

Refused with a finding: tags, duplicate keys, keys that are not text, more than one document, files beyond the caps on size and
depth, and, where the limits allow none, aliases, anchors and merge keys. Never raises for what a file contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeAlias

import yaml

from codegen.diagnostics import NOWHERE, Findings, Place, meant

MAX_BYTES = 2_000_000
MAX_DEPTH = 64
MAX_NODES = 200_000
MAX_POINTERS = 50_000_000
"""Characters of all pointers together: a long key stands in that of every node below it."""


Limits: TypeAlias = tuple[int, int, int, int]
"""Of one file: bytes, nodes, characters of all pointers, and the nodes that aliases stand for, counted as often as they are
repeated; without any of these a file has neither anchors nor merge keys.
"""
OF_CONTRACTS = (MAX_BYTES, MAX_NODES, MAX_POINTERS, 0)
"""Other readers may take larger files."""
MERGE = "<<"
"""https://yaml.org/type/merge.html: no part of YAML 1.2, and written all the same."""

_NOT_YAML = "correct it here or before; indent with spaces, and quote what is not plain text"
_NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_INT = re.compile(r"[-+]?[0-9]{1,40}\Z|0o[0-7]{1,40}\Z|0x[0-9a-fA-F]{1,40}\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?\Z")

Plain: TypeAlias = None | bool | int | float | str


@dataclass(slots=True)
class Scalar:
    place: Place
    pointer: str
    value: Plain


@dataclass(slots=True)
class Sequence:
    """`end` is where the closing bracket stands, or the place after the last item of a block; `last` is where the last
    item of a flow ends.
    """

    place: Place
    pointer: str
    items: list[Node] = field(default_factory=list)
    is_flow: bool = False
    end: Place = NOWHERE
    last: Place = NOWHERE


@dataclass(slots=True)
class Mapping:
    """`keys` holds where each key stands; `end` and `last` are as in a sequence."""

    place: Place
    pointer: str
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    is_flow: bool = False
    end: Place = NOWHERE
    last: Place = NOWHERE

    def get(self, key: str) -> Node | None:
        return self.entries.get(key)

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return iter(self.entries.items())


Node: TypeAlias = Scalar | Sequence | Mapping


def text_of(node: Node | None) -> str | None:
    """The value of a text scalar, else None."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def plain(node: Node) -> object:
    """The node as plain data, positions dropped."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node}


def kind_of(node: Node) -> str:
    """The node's kind in JSON's words."""
    if isinstance(node, Mapping):
        return "object"
    if isinstance(node, Sequence):
        return "array"
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return names.get(type(node.value), "null")


def parse_yaml(file: str, data: bytes, findings: Findings, limits: Limits = OF_CONTRACTS) -> Node | None:
    """The root node, or None after a finding."""
    if len(data) > limits[0]:
        findings.add("Y001", Place(file, 1, 1), f"the file has more than {limits[0]:,} bytes", fix="split it")
        return None
    text = decoded(file, data, findings)
    return None if text is None else _Builder(file, findings, limits).build(text)


def decoded(file: str, data: bytes, findings: Findings) -> str | None:
    """The text of a file that is UTF-8, or None after a finding."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        findings.add("Y002", Place(file, line, 1), "the file is not UTF-8", fix="save it as UTF-8")
        return None


@lru_cache
def own_yaml(name: str) -> Mapping:
    """A YAML file of the compiler itself, which stands beside this module."""
    findings = Findings()
    root = parse_yaml(f"codegen/parse/{name}", Path(__file__).with_name(name).read_bytes(), findings)
    assert isinstance(root, Mapping), findings.render({})
    return root


class _Stop(Exception):
    """The rest of the file cannot be read; the finding is there."""


@dataclass(slots=True)
class _Open:
    """A collection that is being read: the key that waits for its value, its anchor, how many nodes were there before it, and
    how many levels are below it so far.
    """

    node: Sequence | Mapping
    pending: list[str]
    anchor: str
    before: int
    height: int = 0
    is_merging: bool = False
    merged: Node | None = None
    """What stands at `<<`."""


class _Anchored(NamedTuple):
    """What an alias repeats: the same node, not a copy, with the nodes and levels that it counts as."""

    node: Node
    nodes: int
    height: int


class _Builder:
    def __init__(self, file: str, findings: Findings, limits: Limits) -> None:
        _, self._max_nodes, self._max_pointers, self._max_repeated = limits
        self._file = file
        self._findings = findings
        self._stack: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._repeated = 0
        self._root: Node | None = None
        self._nodes = 0
        self._pointers = 0
        self._last_line = 0
        self._last_end = NOWHERE

    def build(self, text: str) -> Node | None:
        before = len(self._findings)
        try:
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                self._feed(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(self._file, mark.line + 1, mark.column + 1) if mark else Place(self._file, 1, 1)
            self._findings.add("Y003", place, f"this is not YAML: {error.problem or error.context}", fix=_NOT_YAML)
        except yaml.YAMLError as error:
            before_it = text.encode()[: getattr(error, "position", 0)]
            place = Place(self._file, before_it.count(b"\n") + 1, 1)
            self._findings.add("Y003", place, f"this is not YAML: {_first_line(error)}", fix="remove it")
        except _Stop:
            pass
        if self._root is None and len(self._findings) == before:
            self._findings.add(
                "Y004", Place(self._file, 1, 1), "the file is empty", fix="write what it is for, or remove it"
            )
        return self._root if len(self._findings) == before else None

    def _feed(self, event: yaml.Event) -> None:
        mark = event.start_mark
        place = Place(self._file, mark.line + 1, mark.column + 1) if mark else Place(self._file, 1, 1)
        anchor = getattr(event, "anchor", None) or ""
        if anchor and not self._max_repeated:
            what = "aliases" if isinstance(event, yaml.AliasEvent) else "anchors"
            self._stop("Y005", place, f"{what} are not read", "write the value again, or use $ref")
        if tag := getattr(event, "tag", None):
            self._stop("Y006", place, f"the tag {tag!r} is not read", "remove the tag")
        if isinstance(event, yaml.AliasEvent):
            self._repeat(anchor, place)
            self._last_line, self._last_end = place.line, self._end_of(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, place, anchor)
            self._last_line, self._last_end = _last_line_of(event), self._end_of(event)
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            kind = Sequence if isinstance(event, yaml.SequenceStartEvent) else Mapping
            self._open(kind, place, anchor, is_flow=bool(event.flow_style))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._close(event, place)
        elif isinstance(event, yaml.DocumentStartEvent) and self._root is not None:
            self._stop("Y007", place, "the file has a second document", "keep one document per file")

    def _end_of(self, event: yaml.Event) -> Place:
        mark = event.end_mark
        return Place(self._file, mark.line + 1, mark.column + 1) if mark else NOWHERE

    def _stop(self, rule: str, place: Place, message: str, fix: str) -> NoReturn:
        self._findings.add(rule, place, message, fix=fix)
        raise _Stop

    def _open(self, kind: type[Sequence] | type[Mapping], place: Place, anchor: str, *, is_flow: bool) -> None:
        self._check_depth(place, 1)
        if self._expects_key():
            self._stop("Y009", place, "a key must be text", "write a plain or quoted key")
        node = kind(place, self._pointer(place), is_flow=is_flow)
        before = self._nodes
        self._place_node(node)
        self._stack.append(_Open(node, [], anchor, before))

    def _close(self, event: yaml.Event, place: Place) -> None:
        closed = self._stack.pop()
        node = closed.node
        node.end = place if node.is_flow else Place(self._file, self._last_line + 1, 1)
        self._last_line = place.line if node.is_flow else self._last_line
        node.last, self._last_end = self._last_end, self._end_of(event)
        if closed.merged is not None and isinstance(node, Mapping):
            self._merge(node, closed.merged)
        self._raise_height(closed.height + 1)
        if closed.anchor:
            self._anchors[closed.anchor] = _Anchored(node, self._nodes - closed.before, closed.height + 1)

    def _check_depth(self, place: Place, levels: int) -> None:
        if len(self._stack) + levels > MAX_DEPTH:
            self._stop("Y008", place, f"nesting is deeper than {MAX_DEPTH}", "flatten it with $ref")

    def _raise_height(self, height: int) -> None:
        if self._stack:
            self._stack[-1].height = max(self._stack[-1].height, height)

    def _scalar(self, event: yaml.ScalarEvent, place: Place, anchor: str) -> None:
        if self._expects_key():
            self._key(event.value, place, is_plain=event.implicit[0])
            return
        node = Scalar(place, self._pointer(place), _resolve(event.value) if event.implicit[0] else event.value)
        self._place_node(node)
        if anchor:
            self._anchors[anchor] = _Anchored(node, 1, 0)

    def _repeat(self, anchor: str, place: Place) -> None:
        """The node of the anchor stands here too; what it holds counts again, so that few lines cannot become many nodes."""
        if self._expects_key():
            self._stop("Y009", place, "a key must be text", "write a plain or quoted key")
        if any(one.anchor == anchor for one in self._stack):
            self._stop(
                "Y005", place, f"the alias *{anchor} stands in what it repeats", "give that a name, and use $ref"
            )
        if anchor not in self._anchors:
            said = f"the alias *{anchor} repeats nothing: no anchor &{anchor} stands before it"
            self._stop(
                "Y003", place, said, meant(anchor, self._anchors, "write the anchor before it, or the value itself")
            )
        node, count, height = self._anchors[anchor]
        self._repeated += count
        if self._repeated > self._max_repeated:
            most = f"{self._max_repeated:,}"
            said = f"the file's aliases repeat more than {most} nodes: *{anchor} alone stands for {count:,}"
            self._stop("Y001", place, said, "name what is repeated, and use $ref")
        self._check_depth(place, height)
        self._raise_height(height)
        self._nodes += count - 1
        self._place_node(node)

    def _key(self, key: str, place: Place, *, is_plain: bool) -> None:
        at = self._stack[-1]
        parent = at.node
        if isinstance(parent, Mapping) and (key in parent.keys or (key == MERGE and at.merged is not None)):
            first = (parent.keys.get(key, parent.place), "has it first")
            self._findings.add("Y010", place, f"the key {key!r} stands twice", other=first, fix="remove one of them")
        if key == MERGE and not self._max_repeated:
            self._stop("Y005", place, "merge keys are not read", "write the members, or use $ref")
        at.pending.append(key)
        at.is_merging = key == MERGE and is_plain and bool(self._max_repeated)
        if isinstance(parent, Mapping) and not at.is_merging:
            parent.keys.setdefault(key, place)

    def _merge(self, node: Mapping, merged: Node) -> None:
        """What a mapping has by itself stays; of several that are merged the first that has a key gives it."""
        for one in merged.items if isinstance(merged, Sequence) else [merged]:
            if not isinstance(one, Mapping):
                self._stop("Y005", one.place, f"{MERGE} is {kind_of(one)}, which has no members", "merge mappings")
            for key, below in one:
                if key not in node.entries:
                    node.entries[key], node.keys[key] = below, one.keys[key]

    def _expects_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].node, Mapping) and not self._stack[-1].pending

    def _pointer(self, place: Place) -> str:
        if not self._stack:
            return ""
        parent, pending = self._stack[-1].node, self._stack[-1].pending
        step = str(len(parent.items)) if isinstance(parent, Sequence) else pending[0]
        self._pointers += len(parent.pointer) + len(step)
        if self._pointers > self._max_pointers:
            self._stop("Y001", place, "the keys around its nodes are too long together", "shorten them, or split it")
        return f"{parent.pointer}/{step.replace('~', '~0').replace('/', '~1')}"

    def _place_node(self, node: Node) -> None:
        self._nodes += 1
        if self._nodes > self._max_nodes:
            self._stop("Y001", node.place, f"the file has more than {self._max_nodes:,} nodes", "split it")
        if not self._stack:
            self._root = node
            return
        at = self._stack[-1]
        if isinstance(at.node, Sequence):
            at.node.items.append(node)
        elif at.is_merging:
            at.merged, at.is_merging = node, False
            at.pending.pop()
        else:
            at.node.entries.setdefault(at.pending.pop(), node)


def _resolve(text: str) -> Plain:
    """YAML 1.2 core schema; dates, yes and no stay text, and so does what is no finite number."""
    if _NULL.match(text):
        return None
    if _BOOL.match(text):
        return text[0] in "tT"
    if _INT.match(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.match(text) and isfinite(number := float(text)):
        return number
    return text


def _last_line_of(event: yaml.ScalarEvent) -> int:
    """The line on which a scalar ends; a block scalar ends before the next token."""
    start, mark = event.start_mark, event.end_mark
    if start is None or mark is None:
        return 0
    ends_before = event.style in ("|", ">") or (mark.column == 0 and mark.line > start.line)
    return int(mark.line) if ends_before else int(mark.line) + 1


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]

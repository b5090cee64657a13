"""The vocabulary files: `policy.yaml`, `errors.yaml`, `contract.lock` and `extensions.json`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from codegen.diagnostics import Findings, Place
from codegen.ir.names import is_identifier
from codegen.ir.operations import Bucket, ErrorCode, Role, Topic
from codegen.ir.topics import PATH
from codegen.parse.documents import Documents
from codegen.parse.implied import ENVELOPE
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, own_yaml, plain, text_of

POLICY, ERRORS, LOCK, EXTENSIONS = (
    f"specs/{name}" for name in ("policy.yaml", "errors.yaml", "contract.lock", "extensions.json")
)
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
Built = TypeVar("Built")


@dataclass(slots=True)
class Lock:
    """Every number ever issued; `place` is the file's, since a tool writes it."""

    pkg_ids: dict[str, int] = field(default_factory=dict)
    fields: dict[str, dict[str, int]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    place: Place = field(default_factory=lambda: Place(LOCK, 1, 1))


@dataclass(slots=True)
class Vocabulary:
    roles: dict[str, Role] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    defaults: dict[str, dict[str, object]] = field(default_factory=dict)
    errors: dict[str, ErrorCode] = field(default_factory=dict)
    rsp_codes: dict[str, int] = field(default_factory=dict)
    close_codes: dict[str, int] = field(default_factory=dict)
    sockets: dict[str, int] = field(default_factory=dict)
    extensions: dict[str, dict[str, object]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    faulty: set[str] = field(default_factory=set)
    """Names of entries that are there and cannot be read."""


def seconds(text: object) -> float:
    """`250ms`, `5s`, `1h` in seconds; TypeError otherwise."""
    for unit in ("ms", "s", "m", "h"):
        if isinstance(text, str) and text.endswith(unit) and text[: -len(unit)].isdecimal():
            return int(text[: -len(unit)]) * UNITS[unit]
    raise TypeError(f"{text!r} is not a duration like 250ms, 5s or 1h")


def parse_policy(documents: Documents, findings: Findings) -> Vocabulary:
    """All four files; what is wrong in one does not hide the others."""
    words = Vocabulary()
    reader = _Reader(documents, findings)
    words.roles = reader.table(POLICY, "roles", lambda name, data: Role(name, str(data.get("description", ""))))
    words.buckets = reader.table(POLICY, "buckets", _bucket)
    words.topics = reader.topics()
    words.sockets = reader.numbers(POLICY, "sockets")
    words.defaults = reader.table(POLICY, "defaults", lambda _, data: dict(data))
    words.rsp_codes = reader.numbers(ERRORS, "codes")
    words.close_codes = reader.numbers(ERRORS, "close")
    words.errors = reader.errors(words.rsp_codes)
    words.extensions = reader.extensions()
    words.lock = reader.lock()
    words.faulty = reader.faulty
    return words


def _bucket(name: str, data: dict[str, object]) -> Bucket:
    limit = data["limit"]
    if not isinstance(limit, int):
        raise TypeError
    return Bucket(name, limit, seconds(data["window"]), str(data["key"]), str(data["when_down"]))


def _topic(name: str, data: dict[str, object]) -> Topic:
    history = data["history"]
    if not isinstance(history, int):
        raise TypeError
    may_follow, presence = str(data.get("may_follow", "roles")), str(data.get("presence", "none"))
    return Topic(name, history, seconds(data["keep"]), str(data["delivery"]), may_follow, presence=presence)


class _Reader:
    def __init__(self, documents: Documents, findings: Findings) -> None:
        self._documents = documents
        self._findings = findings
        self.faulty: set[str] = set()

    def _section(self, file: str, key: str) -> Mapping:
        """The table, with the entries that the pipeline needs and the file leaves out."""
        root = self._documents.tree(file)
        section = root.get(key) if isinstance(root, Mapping) else None
        given = section if isinstance(section, Mapping) else Mapping(Place(file, 1, 1), "")
        needed = own_yaml("needed.yaml").get(key) if file in (POLICY, ERRORS) else None
        if not isinstance(needed, Mapping):
            return given
        entries, keys = needed.entries | given.entries, needed.keys | given.keys
        return Mapping(given.place, given.pointer, entries, keys)

    def table(self, file: str, key: str, build: Callable[[str, dict[str, object]], Built]) -> dict[str, Built]:
        found: dict[str, Built] = {}
        section = self._section(file, key)
        for name, node in section:
            data = plain(node)
            try:
                found[name] = build(name, data if isinstance(data, dict) else {})
            except (KeyError, TypeError):
                self.faulty.add(name)
            except ValueError as error:
                self.faulty.add(name)
                place = section.keys[name]
                if place.file == file:
                    self._findings.add("V002", place, f"{key}.{name}: {error}")
        return found

    def topics(self) -> dict[str, Topic]:
        """With the fields of their filters, and where each stands. What is no path is refused by the file's shape, and left out."""
        found = self.table(POLICY, "topics", _topic)
        for name, node in self._section(POLICY, "topics"):
            fields = node.get("filter") if isinstance(node, Mapping) else None
            if name in found and isinstance(fields, Sequence):
                paths = [(path, one.place) for one in fields.items if PATH.fullmatch(path := text_of(one) or "")]
                told, places = tuple(path for path, _ in paths), tuple(place for _, place in paths)
                found[name] = replace(found[name], filter=told, filter_places=places)
        return found

    def numbers(self, file: str, key: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, node in self._section(file, key):
            if isinstance(node, Scalar) and isinstance(node.value, int) and not isinstance(node.value, bool):
                found[name] = node.value
        return found

    def errors(self, rsp_codes: dict[str, int]) -> dict[str, ErrorCode]:
        section = self._section(ERRORS, "errors")
        found = self.table(ERRORS, "errors", lambda name, data: _error(name, data, rsp_codes, section.keys[name]))
        return found

    def extensions(self) -> dict[str, dict[str, object]]:
        found = {}
        for name, node in self._section(EXTENSIONS, "$defs"):
            data = plain(node)
            if isinstance(data, dict):
                found[name] = data
        return found

    def lock(self) -> Lock:
        lock = Lock()
        if not self._documents.has(LOCK) and self._documents.is_implied(ENVELOPE):
            return lock
        for name, node in self._section(LOCK, "pkg_ids"):
            self._number(name, node, lock, lock.pkg_ids)
        for message, node in self._section(LOCK, "fields"):
            if isinstance(node, Mapping):
                lock.fields[message] = {}
                for name, number in node:
                    self._number(name, number, lock, lock.fields[message], message + ".")
        return lock

    def _number(self, name: str, node: Node, lock: Lock, into: dict[str, int], prefix: str = "") -> None:
        if isinstance(node, Mapping):
            number = node.get("number")
            lock.removed.add(prefix + name)
            node = number if number is not None else node
        if isinstance(node, Scalar) and isinstance(node.value, int) and not isinstance(node.value, bool):
            into[name] = node.value


def _error(name: str, data: dict[str, object], rsp_codes: dict[str, int], place: Place) -> ErrorCode:
    status, rsp, retryable = data["status"], str(data["rsp"]), data["retryable"]
    if not is_identifier(name):
        raise ValueError("the code is not snake_case")
    if not isinstance(status, int) or not isinstance(retryable, bool):
        raise TypeError
    if rsp not in rsp_codes:
        raise ValueError(f"rsp is {rsp!r}, which is not one of `codes`")
    implied = data.get("implied_by")
    return ErrorCode(name, status, rsp, retryable, str(data["title"]), None if implied is None else str(implied), place)

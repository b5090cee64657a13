"""What an import makes before it is text: schemas, operations of both doors, and the vocabulary that they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from codegen.diagnostics import Place

Data: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands for `{$ref: …}` to a named schema, wherever the files will be."""

    name: str
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An example or a link, with its place in the original: which of them fit is known when all is compiled."""

    value: object
    place: Place = field(compare=False)


@dataclass(slots=True)
class Operation:
    """An operation of OpenAPI; `node` is its text-to-be."""

    name: str
    feature: str
    label: str
    place: Place
    method: str
    path: str
    node: Data


@dataclass(slots=True)
class Package:
    """An operation of the socket, or an event; a schema of None is no content."""

    name: str
    feature: str
    label: str
    place: Place
    is_event: bool
    payload: object
    reply: object = None
    is_page: bool = False
    summary: str = ""
    description: str = ""
    roles: list[list[str]] | None = None
    topic: str = ""


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    status: int
    rsp: str
    retryable: bool
    title: str


@dataclass(slots=True)
class Draft:
    """`schemas` are by name, in the order in which they were met."""

    info: Data = field(default_factory=dict)
    docs: Data = field(default_factory=dict)
    """`externalDocs` of the whole, where there is one."""
    tags: dict[str, Data] = field(default_factory=dict)
    """What is said of each feature: `description`, `externalDocs`."""
    schemas: dict[str, Data] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    errors: dict[str, ErrorEntry] = field(default_factory=dict)
    topics: set[str] = field(default_factory=set)

    def reached(self, *roots: object) -> set[str]:
        """The names of all schemas that are below."""
        found: set[str] = set()
        waiting = [name for root in roots for name in refs(root)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += refs(self.schemas.get(name))
        return found


def refs(data: object) -> Iterator[str]:
    if isinstance(data, Ref):
        yield data.name
    elif isinstance(data, dict):
        for below in data.values():
            yield from refs(below)
    elif isinstance(data, list):
        for below in data:
            yield from refs(below)

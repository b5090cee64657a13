"""What each operation does to what is stored, as the contract tells it: by its links, its paths and the shapes of its records.

A resource is a record with an identity that some operation answers. What is not told is not guessed: such an operation answers by its
schema alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from codegen.ir.names import snake
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Record
from codegen.parse.http_request import IF_MATCH
from codegen.parse.http_responses import ETAG

BODY = "$response.body#/"
DELETES = ("delete", "remove")


class Kind(Enum):
    """`TOUCH` asks for a thing that there is, and leaves it; `OTHER` has no thing."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    TOUCH = "touch"
    LIST = "list"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Shape:
    """`keys` say where a request has the members of the resource that name one thing; all names are JSON's."""

    kind: Kind
    resource: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    expected: str = ""
    """The member of the request that says which version must be stored."""


@dataclass(frozen=True, slots=True)
class Resource:
    """`version` counts its changes, and is empty where nothing does."""

    name: str
    identity: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Link:
    """From an answer to the next request: members of the request by members of the answered record."""

    record: str
    keys: Mapping[str, str]


class Shapes:
    """Of the operations of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._by_name = {one.name: one for one in contract.operations}
        self._links = {target: link for one in contract.operations for target, link in self._links_of(one)}
        self.resources = {one.name: one for one in self._find_resources()}
        self._of_collections = self._collections()
        self.of = {one.name: self._shape(one) for one in contract.operations}

    def item_of(self, operation: Operation) -> str:
        """The resource in the items of a list that is answered; empty where it is none."""
        return next((one for one in self._items(operation) if one in self.resources), "")

    def _items(self, operation: Operation) -> list[str]:
        """The record in the items of what is answered, if that is a list; a union has none."""
        answered = self._contract.definitions.get(operation.result.record or "")
        item = self._contract.item_of(answered.name) if isinstance(answered, Record) else None
        return [item] if item else []

    def reads_one(self, resource: str) -> tuple[Operation, str] | None:
        """The operation that reads one thing over HTTP by its identity alone, and the parameter that carries that."""
        for one in self._contract.operations:
            shape = self.of[one.name]
            if shape.kind is Kind.READ and shape.resource == resource and one.http and len(shape.keys) == 1:
                carriers = [each.carrier for each in one.http.parameters if each.location == "path"]
                if len(carriers) == 1:
                    return one, carriers[0]
        return None

    def _links_of(self, operation: Operation) -> Iterator[tuple[str, _Link]]:
        for link in (operation.http.links if operation.http else {}).values():
            target = self._by_name.get(link.get("operationId", "")) if isinstance(link, dict) else None
            if target is None or target.http is None or not isinstance(link, dict) or not operation.result.record:
                continue
            fields = {one.carrier: one.field for one in target.http.parameters}
            keys = {
                _member(target.request, fields.get(carrier.rpartition(".")[2], carrier)): place.removeprefix(BODY)
                for carrier, place in (link.get("parameters") or {}).items()
                if isinstance(place, str) and place.startswith(BODY) and "/" not in place.removeprefix(BODY)
            }
            if keys:
                yield target.name, _Link(operation.result.record, keys)

    def _find_resources(self) -> Iterator[Resource]:
        """Records that are answered whole or in lists, and have an identity."""
        answered: set[str] = set()
        for one in self._contract.operations:
            if one.result.record and one.session is None:
                answered |= {one.result.record, *self._items(one)}
        for name in sorted(answered):
            record = self._contract.definitions[name]
            if isinstance(record, Record) and (identity := self._identity(record)):
                yield Resource(name, identity, self._version(name))

    def _identity(self, record: Record) -> str:
        linked = [
            member for link in self._links.values() if link.record == record.name for member in link.keys.values()
        ]
        members = {one.member for one in record.fields}
        own = f"{snake(record.name)}_id"
        return next((one for one in (*linked, "id", own) if one in members), "")

    def _version(self, record: str) -> str:
        for one in self._contract.operations:
            for header in one.http.response_headers if one.http else ():
                if one.result.record == record and header.carrier.lower() == ETAG:
                    return _member(self._contract.record(record), header.field)
        return "version" if self._contract.record(record).of_member("version") else ""

    def _collections(self) -> dict[str, str]:
        """The resource of each path whose operations answer one, or a list of it."""
        found: dict[str, str] = {}
        for one in self._contract.operations:
            answered = self.item_of(one) or one.result.record or ""
            if one.http and answered in self.resources:
                found.setdefault(one.http.path, answered)
        return found

    def _shape(self, operation: Operation) -> Shape:
        if operation.session is not None or operation.priority == "health":
            return Shape(Kind.OTHER)
        if item := self.item_of(operation):
            return Shape(Kind.LIST, item)
        resource = self._resource_of(operation)
        if resource is None:
            return Shape(Kind.OTHER)
        keys = self._keys(operation, resource)
        return Shape(self._kind(operation, keys=keys), resource.name, keys, self._expected(operation))

    def _resource_of(self, operation: Operation) -> Resource | None:
        record = operation.result.record
        if record is not None:
            return self.resources.get(record)
        link = self._links.get(operation.name)
        if link is not None and link.record in self.resources:
            return self.resources[link.record]
        path = operation.http.path if operation.http else ""
        place = next((one for one in (path, path.rpartition("/")[0]) if one in self._of_collections), "")
        if place:
            return self.resources[self._of_collections[place]]
        members = {one.member for one in operation.request.fields}
        return next((one for one in self.resources.values() if f"{snake(one.name)}_id" in members), None)

    def _keys(self, operation: Operation, resource: Resource) -> dict[str, str]:
        link = self._links.get(operation.name)
        if link is not None and link.record == resource.name:
            return dict(link.keys)
        members = {one.member for one in operation.request.fields}
        own = f"{snake(resource.name)}_id"
        if own in members:
            return {own: resource.identity}
        inside = [one for one in operation.http.parameters if one.location == "path"] if operation.http else []
        if not inside:
            is_key = operation.http is None and resource.identity in members
            return {resource.identity: resource.identity} if is_key else {}
        last = inside[-1]
        member = _member(operation.request, last.field)
        ends = operation.http is not None and operation.http.path.endswith(f"{{{last.carrier}}}")
        return {member: resource.identity} if ends or member == resource.identity else {}

    def _kind(self, operation: Operation, *, keys: Mapping[str, str]) -> Kind:
        if operation.result.record is not None:
            if keys:
                return Kind.READ if operation.is_query else Kind.UPDATE
            return Kind.OTHER if operation.is_query else Kind.CREATE
        if not keys:
            return Kind.OTHER
        is_delete = operation.http is not None and operation.http.method == "DELETE"
        return Kind.DELETE if is_delete or operation.name.split("_")[0] in DELETES else Kind.TOUCH

    def _expected(self, operation: Operation) -> str:
        for one in operation.http.parameters if operation.http else ():
            if one.location == "header" and one.carrier.lower() == IF_MATCH:
                return _member(operation.request, one.field)
        return "expected_version" if operation.request.of_member("expected_version") else ""


def _member(record: Record, field_name: str) -> str:
    """The name in JSON of a field."""
    found = record.field(field_name)
    return found.member if found else field_name

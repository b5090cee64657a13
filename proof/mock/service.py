"""What every door of the mock asks: who may, whether the request fits, and the answer, by the contract and what was done before.

Promises: refuses only with codes that the operation has; what was made is read, changed and deleted, and then not found; the same seed and the
same calls answer alike, tokens aside. Runs nothing at the same time, and never waits.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from codegen.ir.names import snake
from codegen.ir.operations import Contract, Event, Operation
from codegen.ir.types import Int, ListOf, Named, Record, Text, Union
from proof.documents import Json
from proof.mock.callers import Callers, User
from proof.mock.forms import Forms
from proof.mock.pages import NoCursor, page
from proof.mock.refusal import Catalogue, Refusal
from proof.mock.samples import Samples
from proof.mock.shapes import Kind, Resource, Shape, Shapes
from proof.mock.store import Keys, Table, is_asked_again
from proof.mock.topics import Told, Topics

ROWS = 3
"""Of each resource, before anybody has made one."""
TRIES = 1000
META = "PageMeta"
"""The record of envelope.proto that stands beside each list."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`fields` are the request's members. `versions` are further ones that If-Match names; `user` is nobody who proved who that is."""

    operation: Operation
    fields: Json
    user: User | None = None
    key: str = ""
    versions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    value: Json | None
    is_replayed: bool = False


class Mock:
    """One contract without handlers. `rows` are there of each resource at the start."""

    def __init__(self, contract: Contract, callers: Callers, *, seed: int = 0, rows: int = ROWS) -> None:
        self.contract = contract
        self.callers = callers
        self.catalogue = Catalogue(contract)
        self.forms = Forms(contract)
        self.shapes = Shapes(contract)
        self.operations = {one.name: one for one in contract.operations}
        self.events = {one.name: one for one in contract.events}
        self.topics = Topics(contract, f"mock-{uuid.uuid4().hex[:8]}")
        self.refusals: dict[str, deque[str]] = {}
        """What the next calls of an operation are refused with."""
        self._seed = seed
        self._rows = rows
        self.reset()

    def reset(self) -> None:
        """As it was at the start; who follows topics still does."""
        self._samples = Samples(self.forms, self._seed)
        self._chance = Random(self._seed)
        self._count = 0
        self._tables: dict[str, Table] = {}
        self._keys = Keys()
        self.refusals.clear()

    def authorise(self, operation: Operation, user: User | None) -> None:
        """Refuses who is not known, and who lacks a role."""
        if operation.roles is None:
            return
        if user is None:
            raise Refusal("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
        if not any(group <= user.roles for group in operation.roles):
            raise Refusal("forbidden")

    def answer(self, asked: Asked) -> Answered:
        """Of a caller who may call. Raises Refusal."""
        operation = asked.operation
        fields = self.forms.taken(operation, asked.fields)
        if waiting := self.refusals.get(operation.name):
            raise Refusal(waiting.popleft())
        place = (operation.name, asked.user.name if asked.user else "", asked.key)
        kept = self._keys.find(place) if asked.key else None
        if kept is not None:
            if not is_asked_again(kept, fields):
                raise Refusal("idempotency_key_reused")
            return Answered(kept.value, is_replayed=True)
        value, row = self._do(replace(asked, fields=fields))
        if asked.key:
            self._keys.keep(place, fields, value)
        for name in operation.publishes:
            self.tell(self.events[name], self._event(self.events[name], operation, row or value, fields))
        return Answered(value)

    def tell(self, event: Event, data: Json) -> tuple[list[Told], int]:
        return self.topics.tell(event, data)

    def event(self, event: Event, given: Json) -> Json:
        """One on demand: `given` members, all else drawn."""
        return self._made(event.record, given)

    def _do(self, asked: Asked) -> tuple[Json | None, Json | None]:
        """The result, and the thing that the call was about."""
        operation, fields = asked.operation, asked.fields
        if operation.session is not None:
            return self._session(operation, fields, asked.user), None
        shape = self.shapes.of[operation.name]
        if shape.kind is Kind.LIST:
            return self._list(operation, shape, fields), None
        if shape.kind is Kind.OTHER:
            return self._other(operation, fields), None
        resource = self.shapes.resources[shape.resource]
        self._ask_for_parents(operation, shape, fields)
        if shape.kind is Kind.CREATE:
            row = self._create(operation, resource, fields)
            return row, row
        row = self._find(asked, shape, resource)
        table = self._table(resource)
        if shape.kind is Kind.DELETE:
            table.remove(row)
        if shape.kind is Kind.UPDATE:
            row = self._changed(row, resource, fields)
            table.put(row)
        return (row if operation.result.record else None), row

    def _session(self, operation: Operation, fields: Json, user: User | None) -> Json | None:
        record = operation.result.record
        if operation.session == "ticket":
            assert user is not None or operation.roles is None
            known = user or self.callers.named("anonymous") or User("anonymous", frozenset())
            return self._made(record or "", {"ticket": self.callers.ticket(known), "expires_in": 30})
        if operation.session == "login":
            user = self.callers.named(str(fields.get("username", "")))
        elif operation.session == "refresh":
            user = self.callers.refreshed(str(fields.get("refresh_token", "")))
        if record is None:
            return None
        if user is None:
            raise Refusal(self.catalogue.declared(operation, 401) or "invalid_data")
        return self._made(record, self.callers.tokens(user))

    def _other(self, operation: Operation, fields: Json) -> Json | None:
        if operation.result.record is None:
            return None
        known = dict(fields)
        if operation.priority == "health":
            known = {"version": self.contract.info.version, "contract": self.contract.hash}
        return self._made(operation.result.record, known)

    def _create(self, operation: Operation, resource: Resource, fields: Json) -> Json:
        table = self._table(resource)
        own = {name: one for name, one in fields.items() if name != resource.version}
        if resource.identity in own and table.has(own[resource.identity]):
            taken = self.catalogue.declared(operation, 409)
            if taken in operation.declared_errors:
                raise Refusal(taken)
        row = self._new(table, resource, own)
        table.put(row)
        return row

    def _new(self, table: Table, resource: Resource, known: Json) -> Json:
        row = self._made(resource.name, known)
        if resource.identity not in known or row[resource.identity] != known[resource.identity]:
            row[resource.identity] = self._identity(table, resource, row)
        first = self.contract.record(resource.name).of_member(resource.version)
        if first is not None and isinstance(first.type, Int):
            row[resource.version] = max(first.type.minimum, min(1, first.type.maximum))
        return row

    def _identity(self, table: Table, resource: Resource, row: Json) -> Any:
        """One that no row has or had."""
        one = self.contract.record(resource.name).of_member(resource.identity)
        assert one is not None, "a resource has its identity"
        for count in range(table.made, table.made + TRIES):
            drawn = row[resource.identity]
            if isinstance(one.type, Int):
                step = one.type.multiple_of or 1
                least = max(one.type.minimum, min(1, one.type.maximum))
                drawn = (-(-least // step) + count) * step
            elif isinstance(one.type, Text) and one.type.form == "uuid":
                drawn = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
            elif count > table.made or table.has(drawn):
                drawn = self._samples.record(resource.name, count)[resource.identity]
            is_new = not table.has(drawn) and not table.was_removed({resource.identity: drawn})
            if is_new and self.forms.fits_field(resource.name, resource.identity, drawn):
                return drawn
        return row[resource.identity]

    def _find(self, asked: Asked, shape: Shape, resource: Resource) -> Json:
        """The thing that the request names. Where the operation has no word for what is not there, it is made up."""
        operation, fields = asked.operation, asked.fields
        wanted = {member: fields[name] for name, member in shape.keys.items() if name in fields}
        table = self._table(resource)
        row = table.find(wanted)
        if row is None:
            missing = self.catalogue.declared(operation, 404)
            if missing:
                raise Refusal(missing)
            row = self._new(table, resource, wanted)
            table.put(row)
        expected = fields.get(shape.expected) if shape.expected else None
        if expected is not None and resource.version and row.get(resource.version) not in (expected, *asked.versions):
            stale = self.catalogue.declared(operation, 412) or self.catalogue.declared(operation, 409)
            if stale:
                raise Refusal(stale)
        return row

    def _changed(self, row: Json, resource: Resource, fields: Json) -> Json:
        mine = {name: one for name, one in fields.items() if name not in (resource.identity, resource.version)}
        out = {**row, **self._fitting(resource.name, mine)}
        counted = self.contract.record(resource.name).of_member(resource.version)
        if counted is not None and isinstance(counted.type, Int):
            out[resource.version] = min(row[resource.version] + (counted.type.multiple_of or 1), counted.type.maximum)
        return out

    def _ask_for_parents(self, operation: Operation, shape: Shape, fields: Json) -> None:
        """What stands in the path above the thing must be there, where the operation can say that it is not."""
        missing = self.catalogue.declared(operation, 404)
        inside = {one.field for one in operation.http.parameters if one.location == "path"} if operation.http else set()
        for resource in self.shapes.resources.values():
            name = f"{snake(resource.name)}_id"
            if name not in inside or name in shape.keys or name not in fields or not missing:
                continue
            if self._table(resource).find({resource.identity: fields[name]}) is None:
                raise Refusal(missing)

    def _list(self, operation: Operation, shape: Shape, fields: Json) -> Json:
        record = self.contract.record(operation.result.record or "")
        item = self.contract.record(shape.resource)
        members = {one.member for one in item.fields}
        filters = {name: one for name, one in fields.items() if name in members and one is not None}
        table = self._table(self.shapes.resources[shape.resource])
        items = record.field("items")
        most = items.type.max_items if items is not None and isinstance(items.type, ListOf) else None
        scope = {"operation": operation.name, "filters": filters}
        try:
            found = page(list(table.having(filters)), fields, scope, most)
        except NoCursor:
            raise Refusal(self.catalogue.declared(operation, 400) or "invalid_data") from None
        return self._made(record.name, {"items": found.items, **_beside(record, found.meta)})

    def _table(self, resource: Resource) -> Table:
        table = self._tables.get(resource.name)
        if table is None:
            table = self._tables[resource.name] = Table(resource.identity)
            for _ in range(self._rows):
                table.put(self._new(table, resource, {}))
        return table

    def _made(self, name: str, known: Json) -> Json:
        """A record or a union with the known members that fit it, all else drawn."""
        self._count += 1
        drawn = self._samples.record(name, self._count - 1)
        definition = self.contract.definitions[name]
        if isinstance(definition, Record):
            return {**drawn, **self._fitting(name, known)}
        assert isinstance(definition, Union), "an answer is a record or a union"
        wanted, arms = known.get(definition.tag_member), dict(definition.arms)
        for number in range(self._count, self._count + len(arms) if wanted in arms else self._count):
            drawn = drawn if drawn[definition.tag_member] == wanted else self._samples.record(name, number)
        return {**drawn, **self._fitting(arms[drawn[definition.tag_member]], known)}

    def _fitting(self, record: str, known: Json) -> Json:
        members = {one.member for one in self.contract.record(record).fields}
        told = {name: self.forms.answered(record, name, one) for name, one in known.items() if name in members}
        return {name: one for name, one in told.items() if self.forms.fits_field(record, name, one)}

    def _event(self, event: Event, operation: Operation, row: Json | None, fields: Json) -> Json:
        """The thing where the event has a member of its type; else what has the same names in the thing or in the request."""
        known = {**fields, **(row or {})}
        resource = self.shapes.resources.get(self.shapes.of[operation.name].resource)
        told = self.contract.definitions[event.record]
        for one in told.fields if isinstance(told, Record) else ():
            is_thing = isinstance(one.type, Named) and one.type.name in (
                operation.result.record,
                resource and resource.name,
            )
            if is_thing and row is not None:
                known[one.member] = row
            elif resource and row and one.member == f"{snake(resource.name)}_id":
                known[one.member] = row[resource.identity]
        return self._made(event.record, known)


def _beside(record: Record, meta: Json) -> Json:
    """What a list says of itself beside its items."""
    found: Iterable[str] = (one.member for one in record.fields if one.type == Named(META))
    return dict.fromkeys(found, meta)

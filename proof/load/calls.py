"""What a load asks: valid calls of each operation, drawn before it begins. What writes to a thing writes to one that the load has
made itself, and with its version, so that a database is left with no less than it had."""

from __future__ import annotations

import itertools
import uuid
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hypothesis import given, seed
from hypothesis import strategies as st

from codegen.ir.names import snake
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import ListOf, Named, Record
from proof.documents import DocumentError, Json
from proof.doors.cases import KNOWN, Cases, Drawn
from proof.doors.door import Asked, Outcome
from proof.drawing import drawing
from proof.values import freshened

EXAMPLES = 50
"""Of each operation; they are asked again and again, with texts that are new where they must be."""
MOST_KNOWN = 1000
"""Of each kind of thing; the oldest are forgotten."""
KEPT = 4
"""What answers with nothing may have taken the thing away: so many are left for what changes one and gives it back."""
ID, CURSOR, ETAG, IF_MATCH = "_id", "cursor", "etag", "if-match"


@dataclass(frozen=True, slots=True)
class Turn:
    """`thing` is what the call writes to, and nobody else writes to meanwhile; `kind` is its kind."""

    asked: Asked
    kind: str = ""
    thing: Json | None = None


class Mix:
    """DocumentError where nothing fits an operation."""

    def __init__(self, contract: Contract, cases: Cases, base_seed: int) -> None:
        self.operations = cases.operations
        self._kinds = {one.name: _kind(contract, one) for one in cases.operations}
        self._tags = _tags(contract)
        self._drawn = {one.name: _drawn(cases, one, base_seed) for one in cases.operations}
        self._made: defaultdict[str, deque[Json]] = defaultdict(lambda: deque(maxlen=MOST_KNOWN))
        self._seen: defaultdict[str, deque[Json]] = defaultdict(lambda: deque(maxlen=MOST_KNOWN))

    def next(self, operation: Operation) -> Turn | None:
        """None where it writes to a thing, and the load has none of the kind to spare."""
        one = next(self._drawn[operation.name])
        fields = {name: value for name, value in freshened(one.fields, {}).items() if name != CURSOR}
        key = str(uuid.uuid4()) if operation.idempotency == "key" else ""
        kinds = [name.removesuffix(ID) for name, value in fields.items() if isinstance(value, dict) and KNOWN in value]
        thing = self._one_of(kinds[0], operation) if kinds else None
        if kinds and thing is None and not operation.is_query:
            return None
        fields = _with_id(fields, thing or {})
        if thing is not None and (tag := self._tags.get(kinds[0])) in thing:
            fields = _with_version(operation, fields, thing[tag])
        asked = Asked(one.operation, fields, one.caller, key)
        return Turn(asked, kinds[0], thing) if kinds else Turn(asked)

    def _one_of(self, kind: str, operation: Operation) -> Json | None:
        """Who writes takes it away; who reads turns them round."""
        made, seen = self._made[kind], self._seen[kind]
        if not operation.is_query:
            left_over = KEPT if operation.result.record is None else 0
            return made.popleft() if len(made) > left_over else None
        known = made or seen
        known.rotate(-1)
        return known[0] if known else None

    def learn(self, operation: Operation, turn: Turn, outcome: Outcome | None) -> None:
        """None is no answer: then what was written to is as unknown as it was before."""
        kind = self._kinds[operation.name]
        answered = outcome.value if outcome is not None and outcome.code == "ok" else None
        if operation.is_query:
            items = answered.get("items") if operation.result.has_meta and isinstance(answered, dict) else answered
            self._seen[kind].extend(_things(items if isinstance(items, list) else [items]))
        elif made := _things([answered]):
            self._made[kind].extend(made)
        elif turn.thing is not None and (outcome is None or outcome.code != "ok"):
            self._made[turn.kind].append(turn.thing)


def _kind(contract: Contract, operation: Operation) -> str:
    """Of what it answers with; of a list, of its items."""
    name = operation.result.record or ""
    record = contract.definitions.get(name)
    items = record.of_member("items") if operation.result.is_list and isinstance(record, Record) else None
    if items is not None and isinstance(items.type, ListOf) and isinstance(items.type.item, Named):
        name = items.type.item.name
    return snake(name)


def _tags(contract: Contract) -> dict[str, str]:
    """Of each kind of thing the member that is its entity tag (RFC 9110 §8.8.3)."""
    return {
        snake(one.result.record): header.field
        for one in contract.operations
        if one.http is not None and one.result.record is not None
        for header in one.http.response_headers
        if header.carrier.lower() == ETAG
    }


def _with_id(fields: Json, thing: Json) -> Json:
    return {
        name: thing.get("id", one["else"]) if isinstance(one, dict) and KNOWN in one else one
        for name, one in fields.items()
    }


def _with_version(operation: Operation, fields: Json, version: object) -> Json:
    carried = (
        {one.field for one in operation.http.parameters if one.carrier.lower() == IF_MATCH} if operation.http else set()
    )
    members = {one.member for one in operation.request.fields if one.name in carried}
    return fields | dict.fromkeys(members & fields.keys(), version)


def _things(values: Iterable[object]) -> list[Json]:
    """What has an id."""
    return [one for one in values if isinstance(one, dict) and "id" in one]


def _drawn(cases: Cases, operation: Operation, base_seed: int) -> Iterator[Drawn]:
    """Where texts of some must be new, those alone: the others would be refused from the second time on."""
    found = _examples(cases.fitting(operation), base_seed)
    if not found:
        raise DocumentError(f"{operation.name}: nothing could be drawn that fits it")
    return itertools.cycle([one for one in found if _has_new_text(one)] or found)


def _has_new_text(one: Drawn) -> bool:
    names: dict[str, str] = {}
    freshened(one.fields, names)
    return bool(names)


def _examples(strategy: st.SearchStrategy[Drawn], base_seed: int) -> Sequence[Drawn]:
    found: list[Drawn] = []

    @seed(base_seed)
    @drawing(EXAMPLES)
    @given(strategy)
    def collect(one: Drawn) -> None:
        found.append(one)

    collect()
    return found

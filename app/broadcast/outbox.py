"""The transactional outbox: an event is a row of the transaction that it tells of, for each of its topics, so it is heard if that commits, and only then.

Promises: nothing is committed with an event that its operation does not declare (`x-publishes`), or that is not what it says. The mover takes the rows to
the streams (`mover.py`); `wake` only makes that quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import structlog
from sqlalchemy import ARRAY, Integer, LargeBinary, Text, bindparam, func, insert, select

from app.broadcast.broker import Address
from app.broadcast.tables import EVENT_OUTBOX
from app.broadcast.topics import Topics
from app.db.statements import Statement, Write, compile_statement
from generated.errors import Internal
from generated.operations import Event, Operation

log = structlog.get_logger(__name__)


class EventEncoder(Protocol):
    """One for each PkgID: `fault_of` says what is wrong with an event, and what passes can be encoded."""

    def encode_json(self, event: Any, /) -> bytes: ...
    @property
    def fault_of(self) -> Callable[[object], str | None]: ...


class Outbox:
    """`wake(topic)` hears of each topic whose events were committed, `on_commit(topic)` of each such event, for metrics; both
    must neither wait nor raise."""

    def __init__(
        self,
        events: Mapping[type[Any], Event],
        codecs: Mapping[int, EventEncoder],
        topics: Topics,
        *,
        wake: Callable[[str], None],
        on_commit: Callable[[str], None] = lambda topic: None,
    ) -> None:
        self._on_commit = on_commit
        self._events = events
        self._codecs = codecs
        self._topics = topics
        self._wake = wake
        self._insert = insertion()

    def rows_of(self, operation: Operation, events: Sequence[Any]) -> Write | None:
        """What puts them into the outbox, None where there are none. It belongs into the transaction that they tell of. Raises Internal for
        what is not declared."""
        if not events:
            return None
        found = [self._declared(operation, event) for event in events]
        rows = [row for one, event in zip(found, events, strict=True) for row in self._rows(one, event)]
        addresses, pkg_ids, encoded = zip(*rows, strict=True)
        topics, names = [one.topic for one in addresses], [one.name for one in addresses]
        return self._write({"topics": topics, "names": names, "pkg_ids": list(pkg_ids), "events": list(encoded)})

    def _write(self, columns: dict[str, list[Any]]) -> Write:
        """A row for each place of the lists."""
        return Write(self._insert, columns)

    def _rows(self, declared: Event, event: Any) -> Iterator[tuple[Address, int, bytes]]:
        """One for each topic of the event."""
        encoded = self._codecs[declared.pkg_id].encode_json(event)
        return ((self._topics.address(one, event), declared.pkg_id, encoded) for one in declared.topics)

    def wake(self, events: Sequence[Any]) -> None:
        """After COMMIT. Without it the rows are found within a second."""
        for event in events:
            for topic in self._events[type(event)].topics:
                self._on_commit(topic)
                self._wake(topic)

    def _declared(self, operation: Operation, event: Any) -> Event:
        found = self._events.get(type(event))
        if found is None or found.name not in operation.publishes:
            name = type(event).__name__ if found is None else found.name
            log.error("event.not_declared", operation=operation.name, event_name=name)
            raise Internal
        fault = self._codecs[found.pkg_id].fault_of(event)
        if fault is not None:
            log.error("event.wrong", operation=operation.name, event_name=found.name, fault=fault)
            raise Internal
        return found


def insertion(**further: Any) -> Statement:
    """Ids are given in the order of the lists; `further` columns are alike in all rows."""
    lists = (
        bindparam("topics", type_=ARRAY(Text)),
        bindparam("names", type_=ARRAY(Text)),
        bindparam("pkg_ids", type_=ARRAY(Integer)),
        bindparam("events", type_=ARRAY(LargeBinary)),
    )
    row = (
        func.unnest(*lists).table_valued("topic", "name", "pkg_id", "event", with_ordinality="place").render_derived().c
    )
    columns = (row.topic, row.name, row.pkg_id, row.event, func.clock_timestamp(), *further.values())
    names = ["topic", "name", "pkg_id", "event", "at", *further]
    return compile_statement(insert(EVENT_OUTBOX).from_select(names, select(*columns).order_by(row.place)))

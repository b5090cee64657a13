"""The outbox, where a row says which call published its event, if that call is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Text, bindparam
from typing_extensions import override

from app.broadcast.outbox import EventEncoder, Outbox, insertion
from app.broadcast.topics import Topics
from app.db.statements import Write
from app.telemetry.traces.port import Tracer
from generated.operations import Event


class TracedOutbox(Outbox):
    """As its base. A row of a call that is not told has no `traceparent`."""

    def __init__(
        self,
        tracer: Tracer,
        events: Mapping[type[Any], Event],
        codecs: Mapping[int, EventEncoder],
        topics: Topics,
        *,
        wake: Callable[[str], None],
        on_commit: Callable[[str], None] = lambda topic: None,
    ) -> None:
        super().__init__(events, codecs, topics, wake=wake, on_commit=on_commit)
        self._tracer = tracer
        self._insert_traced = insertion(traceparent=bindparam("traceparent", type_=Text))

    @override
    def _write(self, columns: dict[str, list[Any]]) -> Write:
        said = self._tracer.current()
        if said is None:
            return super()._write(columns)
        return Write(self._insert_traced, {**columns, "traceparent": said.written})

"""What a worker tells of itself to who runs it: metrics, readiness with reasons, breakers, background tasks, open sockets.

Nothing of it is for callers: it is asked for at the admin port only (ACCEPTANCE D25, Z08). No credential is in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.supervision.readiness import Readiness
from app.supervision.supervisor import Supervisor

METRICS, EXEMPLARS, STATE, CONNECTIONS = "metrics", "exemplars", "state", "connections"


class Inspector:
    """`answer` is asked on the worker's loop. `breakers` are by name, `connections` a dictionary for each open socket, `exemplars`
    are those of the metrics."""

    def __init__(
        self,
        *,
        render: Callable[[], bytes],
        exemplars: Callable[[], list[Any]],
        readiness: Readiness,
        supervisor: Supervisor,
        breakers: Mapping[str, Callable[[], str]],
        connections: Callable[[], Iterable[dict[str, Any]]],
    ) -> None:
        self._render = render
        self._exemplars = exemplars
        self._readiness = readiness
        self._supervisor = supervisor
        self._breakers = breakers
        self._connections = connections

    def answer(self, question: str) -> bytes:
        """The exposition of the metrics, or JSON. KeyError for another question."""
        answers: dict[str, Callable[[], bytes]] = {
            METRICS: self._render,
            EXEMPLARS: lambda: json.dumps(self._exemplars()).encode(),
            STATE: lambda: json.dumps(self._state()).encode(),
            CONNECTIONS: lambda: json.dumps(list(self._connections())).encode(),
        }
        return answers[question]()

    def _state(self) -> dict[str, Any]:
        readiness = self._readiness
        return {
            "ready": readiness.is_ready,
            "parts": {name: readiness.reasons.get(name, "ok") for name in readiness.parts},
            "breakers": {name: read() for name, read in self._breakers.items()},
            "tasks": self._supervisor.lives(),
            "remarks": readiness.remarks(),
        }

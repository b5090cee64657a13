"""Prometheus metrics with closed label sets; every child is bound before its first use on the hot path (D29)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

from generated.product import NAME

BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)
"""Upper bounds in seconds."""
DOORS = ("http", "websocket")
EXTRA_CODES = ("ok", "cancelled", "other")
"""Beside those of the catalogue: success, a caller who went away, and what nobody foresaw."""
BREAKERS = ("keycloak", "redis")
BREAKER_STATES = {"closed": 0, "half-open": 1, "open": 2}
CLOSE_CODES = (1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012)


class Reading(Collector):
    """Counters that somebody else keeps, by the values of their labels; they are read when the metrics are, in the
    thread that asks."""

    def __init__(
        self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Mapping[tuple[str, ...], float]]
    ) -> None:
        self._name = name
        self._text = text
        self._labels = labels
        self._read = read

    @override
    def collect(self) -> Iterable[CounterMetricFamily]:
        """Once for each `/metrics`."""
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        for values, count in self._read().items():
            family.add_metric(values, count)
        return [family]


class Metrics:
    """A registry of its own, one per worker: `/metrics` answers for the worker that takes the request. Names begin with
    the product's; no label has a value that a caller chooses (D29)."""

    def __init__(self, operations: Iterable[str], codes: Iterable[str], close_codes: Iterable[int], build: str) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        names, known = list(operations), [*codes, *EXTRA_CODES]
        requests = self._counter(
            "requests_total", "Requests by operation, door and code.", ("operation", "door", "code")
        )
        seconds = Histogram(
            f"{NAME}_request_seconds",
            "Time in the pipeline.",
            ("operation", "door"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        pairs = [(door, name) for door in DOORS for name in names]
        self._times = {(door, name): seconds.labels(name, door) for door, name in pairs}
        self._requests = {pair: {"ok": requests.labels(pair[1], pair[0], "ok")} for pair in pairs}
        self._request_children = requests
        self._codes = frozenset(known)
        self._sockets = Gauge(f"{NAME}_sockets", "Open sockets.", registry=self._registry)
        closed = self._counter("sockets_closed_total", "Closed sockets by code.", ("code",))
        self._closed = {code: closed.labels(str(code)) for code in sorted({*CLOSE_CODES, *close_codes})}
        self._closed_other = closed.labels("other")
        self._audit_dropped = self._counter("audit_dropped_total", "Audit rows that will not be stored.")
        self._task_ends = self._counter("task_ends_total", "Ends of background tasks, each started again.", ("task",))
        self._limiter_down = self._counter("limiter_down_total", "Decisions made without the limiter's store.")
        self._outbox_rows = Gauge(
            f"{NAME}_event_outbox_rows", "Committed events that wait for their stream.", registry=self._registry
        )
        self._outbox_age = Gauge(
            f"{NAME}_event_outbox_age_seconds", "How long the oldest of them has waited.", registry=self._registry
        )
        self._breaker = Gauge(
            f"{NAME}_breaker_state", "0 closed, 1 half-open, 2 open.", ("name",), registry=self._registry
        )
        for name in BREAKERS:
            self._breaker.labels(name).set(BREAKER_STATES["closed"])
        self._tasks = Gauge(f"{NAME}_tasks", "Tasks of the loop, background ones too.", registry=self._registry)
        self._log_drops: Callable[[], int] = lambda: 0
        self._refused: Callable[[], Mapping[tuple[str, ...], float]] = dict
        self._read("log_lines_dropped", "Log lines that could not be written.", (), lambda: {(): self._log_drops()})
        refused = "What was refused before its operation began."
        self._read("refused", refused, ("by", "reason"), lambda: self._refused())
        Gauge(f"{NAME}_build_info", "The contract served.", ("contract",), registry=self._registry).labels(build).set(1)

    def _counter(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(f"{NAME}_{name}", text, labels, registry=self._registry)

    def _read(
        self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Mapping[tuple[str, ...], float]]
    ) -> None:
        self._registry.register(Reading(f"{NAME}_{name}", text, labels, read))

    def count_refusals(self, read: Callable[[], Mapping[tuple[str, ...], float]]) -> None:
        """`read` answers how much was refused since the start, by who refused it and why."""
        self._refused = read

    def count_tasks(self, read: Callable[[], int]) -> None:
        """`read` answers how many tasks the loop has, in the thread that asks."""
        self._tasks.set_function(read)

    def count_log_drops(self, read: Callable[[], int]) -> None:
        """`read` answers how many log lines were dropped since the start."""
        self._log_drops = read

    def observe(self, door: str, operation: str, code: str, seconds: float) -> None:
        """One request that has ended, `seconds` in the pipeline. A code that is not in the catalogue counts as `other`;
        KeyError for another door or operation than those it was made for."""
        pair = (door, operation)
        children = self._requests[pair]
        child = children.get(code)
        if child is None:
            label = code if code in self._codes else "other"
            child = children.setdefault(label, self._request_children.labels(operation, door, label))
        child.inc()
        self._times[pair].observe(seconds)

    def socket_opened(self) -> None:
        self._sockets.inc()

    def socket_closed(self, code: int) -> None:
        """Once for each `socket_opened`; codes that are neither the contract's nor of CLOSE_CODES count as `other`."""
        self._sockets.dec()
        self._closed.get(code, self._closed_other).inc()

    def audit_dropped(self, count: int) -> None:
        """Rows that are nowhere: what the full queue or the end of the node left, what no table takes, and those of unknown paths
        beyond their bound."""
        self._audit_dropped.inc(count)

    def task_ended(self, name: str) -> None:
        """Each is started again, so a number that grows is a task that does not live."""
        self._task_ends.labels(name).inc()

    def limiter_down(self) -> None:
        """One decision; which way it went is not counted."""
        self._limiter_down.inc()

    def outbox_depth(self, rows: int, age_s: float) -> None:
        """Says the last state, not a sum: every node reports the same rows."""
        self._outbox_rows.set(rows)
        self._outbox_age.set(age_s)

    def breaker(self, name: str, old: str, new: str) -> None:
        """Hears a breaker's transitions."""
        self._breaker.labels(name).set(BREAKER_STATES[new])

    def render(self) -> bytes:
        """The text exposition format, version 0.0.4."""
        return generate_latest(self._registry)

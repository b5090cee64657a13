"""All metrics of one worker, by subject. What others keep anyway, wiring lets it read: pools, queues, gates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.database import DatabaseMetrics
from app.telemetry.metrics.events import EventMetrics
from app.telemetry.metrics.exposition import TEXT
from app.telemetry.metrics.family import Words
from app.telemetry.metrics.issuer import IssuerMetrics
from app.telemetry.metrics.limits import BreakerMetrics, LimiterMetrics
from app.telemetry.metrics.node import NodeMetrics
from app.telemetry.metrics.redis import RedisMetrics
from app.telemetry.metrics.registry import Read, Registry, Told, Vocabulary
from app.telemetry.metrics.requests import EXTRA_CODES, RequestMetrics
from app.telemetry.metrics.sockets import CLOSE_CODES, OTHER, SocketMetrics
from app.telemetry.metrics.values import Times


@dataclass(frozen=True)
class Known:
    """The contract's closed sets, for labels, and what runs."""

    operations: Iterable[str] = ()
    codes: Iterable[str] = ()
    close_codes: Iterable[int] = ()
    reasons: Iterable[str] = ()
    buckets: Iterable[str] = ()
    topics: Iterable[str] = ()
    version: str = ""
    contract: str = ""


class Metrics:
    """One per worker: `/metrics` of the public port answers for the worker that takes the request, that of the admin port for
    all. No label has a value that a caller chooses (D29)."""

    def __init__(self, known: Known, times: Callable[[tuple[float, ...]], Times] = Times) -> None:
        """`times` makes the histograms, of their bounds."""
        vocabulary = _vocabulary(known)
        registry = Registry(vocabulary, times)
        registry.read_process()
        self._registry = registry
        self.requests = RequestMetrics(registry, vocabulary, tuple(known.operations))
        self.sockets = SocketMetrics(registry, vocabulary, known.close_codes)
        self.database = DatabaseMetrics(registry)
        self.redis = RedisMetrics(registry)
        self.issuer = IssuerMetrics(registry)
        self.breakers = BreakerMetrics(registry)
        self.limiter = LimiterMetrics(registry, known.buckets)
        self.events = EventMetrics(registry, known.topics)
        self.node = NodeMetrics(registry, version=known.version, contract=known.contract)
        self._audit_dropped = registry.count(Catalogue.AUDIT_DROPPED)
        self._audit_left_out = registry.count(Catalogue.AUDIT_LEFT_OUT)

    def read(self, family: Catalogue, read: Read) -> None:
        """`read` is asked at each `/metrics`, on the loop; it must not wait."""
        self._registry.read(family, read)

    def audit_dropped(self, count: int) -> None:
        """Rows that are nowhere: what the full queue or the end of the node left, and what no table takes."""
        self._audit_dropped.value += count

    def audit_left_out(self, count: int) -> None:
        """Rows of refusals that a caller has had enough of."""
        self._audit_left_out.value += count

    def render(self, kind: str = TEXT) -> bytes:
        """As `exposition.written`."""
        return self._registry.render(kind)

    def exemplars(self) -> list[Told]:
        """Those that there are now, of all histograms."""
        return self._registry.exemplars()


def _vocabulary(known: Known) -> Vocabulary:
    codes = frozenset(known.codes)
    return Vocabulary(
        {
            Words.OPERATIONS: frozenset(known.operations),
            Words.CODES: codes.union(EXTRA_CODES),
            Words.CLOSE_CODES: frozenset(str(int(one)) for one in (*CLOSE_CODES, *known.close_codes)) | {OTHER},
            Words.REFUSALS: codes.union(str(one) for one in known.reasons),
            Words.BUCKETS: frozenset(known.buckets),
            Words.TOPICS: frozenset(known.topics),
        }
    )

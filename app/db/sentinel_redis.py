"""The one connection to the master that Redis Sentinel names, and to the next one after a failover.

Promises: as of `PipelinedConnection`; a server counts only if it says itself that it is a master (ROLE); a master that the sentinels
have replaced is left within 3 s, even if it still answers.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import structlog
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from typing_extensions import override

from app.addresses import RedisNodes
from app.db.pipelined_redis import Link, PipelinedConnection, RedisUnavailable, Refused, Transition, greet
from app.supervision.together import together
from app.telemetry.metrics.redis import RedisMetrics

ASK_S = 0.5
"""For connecting to a sentinel, and for its answer."""
LOOK_EVERY_S = 2.0
"""How often the sentinels are asked whether the master is still the one."""

logger = structlog.get_logger(__name__)


class SentinelConnection(PipelinedConnection):
    """As its base. The user may ask for ROLE."""

    def __init__(
        self,
        nodes: RedisNodes,
        *,
        on_transition: Transition = lambda name, old, new: None,
        metrics: RedisMetrics | None = None,
    ) -> None:
        super().__init__("", on_transition=on_transition, metrics=metrics)
        self._nodes = nodes
        sentinel: Any = Sentinel  # redis-py says no types here
        self._sentinels = sentinel(list(nodes.nodes), sentinel_kwargs=sentinel_options(nodes))

    @override
    async def run(self) -> None:
        try:
            await together(super().run(), self._leave_replaced())
        finally:
            await self._sentinels.aclose()

    @override
    def url_of(self, key: str) -> str | None:
        """Of the last master that was named."""
        return self._url.geturl() or None

    @override
    async def _open(self, link: Link) -> None:
        self._url = urlsplit(await self._named())
        await super()._open(link)
        try:
            (role,) = await greet(link, [("ROLE",)])
        except Refused as error:
            self.refusal = str(error)
            raise
        if role[0] != b"master":
            raise RedisUnavailable("the sentinels name one that is no master yet")

    async def _named(self) -> str:
        """The master's URL. Raises RedisUnavailable."""
        try:
            return self._nodes.url(*await self._sentinels.discover_master(self._nodes.service))
        except MasterNotFoundError as error:
            raise RedisUnavailable(f"no sentinel that answers knows a master of {self._nodes.service}") from error
        except RedisError as error:
            raise RedisUnavailable(f"a sentinel refuses us: {error}") from error

    async def _leave_replaced(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            link = self._link
            if link is None:
                continue
            with suppress(RedisUnavailable, OSError, TimeoutError):
                named = await self._named()
                if link is self._link and named != self._url.geturl():
                    logger.warning("redis.master_replaced")
                    link.close()


def sentinel_options(nodes: RedisNodes) -> dict[str, object]:
    """How redis-py reaches the sentinels: by TLS where the servers are, with a login of their own."""
    options = {"socket_connect_timeout": ASK_S, "socket_timeout": ASK_S, "retry": Retry(NoBackoff(), 0)}
    tls = {"ssl": True, **nodes.tls} if nodes.scheme == "rediss" else {}
    return {**options, **tls, **nodes.sentinel_login}

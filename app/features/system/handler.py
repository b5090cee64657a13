"""Probes: alive says nothing of dependencies, ready is what a balancer asks."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from app.execution.context import Context
from generated.errors import Unavailable
from generated.handlers import SystemHandler
from generated.models import HealthRequest, LivezRequest, ReadyzRequest
from generated.operations import CONTRACT_HASH, CONTRACT_VERSION
from generated.results import Health, HealthStatus


class System(SystemHandler[Context]):
    """`is_ready` is called per probe, so it answers from what is known and asks nobody."""

    def __init__(self, is_ready: Callable[[], bool]) -> None:
        self._is_ready = is_ready

    @override
    async def health(self, context: Context, request: HealthRequest) -> Health:
        """Always answers: for people, `degraded` where readiness says no."""
        status = HealthStatus.OK if self._is_ready() else HealthStatus.DEGRADED
        return Health(status=status, version=CONTRACT_VERSION, contract=CONTRACT_HASH)

    @override
    async def livez(self, context: Context, request: LivezRequest) -> None:
        """The loop turns; that is all it says."""
        return None

    @override
    async def readyz(self, context: Context, request: ReadyzRequest) -> None:
        """Raises Unavailable, for a balancer to send requests elsewhere."""
        if not self._is_ready():
            raise Unavailable(retry_after_s=1)

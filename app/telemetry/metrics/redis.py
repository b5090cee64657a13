"""Redis: commands, and the connection that carries them."""

from __future__ import annotations

from app.telemetry.metrics.catalogue import COMMANDS, Catalogue
from app.telemetry.metrics.registry import Registry
from app.telemetry.metrics.values import Times


class RedisMetrics:
    """Of the pipelined connection; the reader of the streams blocks by design and is not timed."""

    def __init__(self, registry: Registry) -> None:
        self._commands: dict[object, Times] = {}
        for name in COMMANDS:
            times = registry.times(Catalogue.REDIS_COMMAND_SECONDS, name)
            self._commands |= dict.fromkeys((name.upper(), name.upper().encode()), times)
        self._other = self._commands["OTHER"]
        self.refused, self.lost, self.away, self.full = (
            registry.count(Catalogue.REDIS_ERRORS, one) for one in ("refused", "lost", "away", "full")
        )
        self.connected, self.not_connected = (registry.count(Catalogue.REDIS_CONNECTS, one) for one in ("ok", "failed"))

    def command(self, name: object) -> Times:
        """By the command's first word, as it is sent; those that nobody foresaw are one."""
        return self._commands.get(name, self._other)

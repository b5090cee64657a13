"""A command is known by its first word, however that is written."""

from __future__ import annotations

from app.telemetry.metrics.redis import RedisMetrics
from app.telemetry.metrics.registry import Registry


def test_a_command_is_known_by_its_first_word_as_text_or_bytes() -> None:
    found = RedisMetrics(Registry())
    assert found.command(b"XADD") is found.command("XADD") is not found.command("GETDEL")
    assert found.command("FLUSHALL") is found.command(7) is found.command("OTHER")


def test_errors_and_connects_are_told_apart() -> None:
    registry = Registry()
    found = RedisMetrics(registry)
    found.lost.value += 2
    found.connected.value += 1
    told = registry.render().decode()
    assert '_redis_errors_total{error="lost"} 2.0' in told
    assert '_redis_connects_total{outcome="ok"} 1.0' in told

"""Alerts on the service's own parts, whatever its contract is."""

from __future__ import annotations

from codegen.emit.observability.alerts import Alert

ALERTS: tuple[Alert, ...] = (
    Alert(
        "NodeIsGone",
        "page",
        'up{job=~"NAME.*"} == 0',
        "2m",
        "{{ $labels.instance }} of {{ $labels.job }} does not answer Prometheus",
        "The node, or the way to its admin port, is away. Others serve its callers meanwhile.",
        (
            "What the orchestrator says of it: its exit code and last lines. 78 is a setting, and the line says which.",
            "Whether Prometheus reaches the admin port: `ADMIN_HOST` and `ADMIN_PORT` in docs/settings.md.",
        ),
    ),
)

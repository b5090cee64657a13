"""The enums of the contract, the same on every door. Generated; do not edit."""

from __future__ import annotations

from enum import StrEnum


class AuditDoor(StrEnum):
    HTTP = "http"
    WEBSOCKET = "websocket"


class AuditOutcome(StrEnum):
    """`denied` is a refused caller (no token, no role, over the limit); `error` is any other failure."""

    SUCCESS = "success"
    DENIED = "denied"
    ERROR = "error"


class HealthStatus(StrEnum):
    """`degraded`: requests are served, but something the node relies on is down."""

    OK = "ok"
    DEGRADED = "degraded"

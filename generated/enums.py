"""The enums of the contract, the same on every door. Generated; do not edit."""

from __future__ import annotations

from enum import StrEnum


class AuditDoor(StrEnum):
    """`command` is a person at the machine: an export, or months that were dropped."""

    HTTP = "http"
    WEBSOCKET = "websocket"
    COMMAND = "command"


class AuditOutcome(StrEnum):
    """`denied` is a refused caller (no token, no role, over the limit); `error` is any other failure."""

    SUCCESS = "success"
    DENIED = "denied"
    ERROR = "error"


class HealthStatus(StrEnum):
    """`degraded`: requests are served, but something the node relies on is down."""

    OK = "ok"
    DEGRADED = "degraded"

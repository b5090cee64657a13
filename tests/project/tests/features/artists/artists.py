"""Values that artist tests share."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=UTC)

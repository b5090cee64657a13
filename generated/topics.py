"""What the names of topics say. Generated; do not edit."""

from __future__ import annotations

from msgspec import Struct

TOPIC_RECORDS: dict[str, type[Struct]] = {}

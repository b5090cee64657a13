"""Eight hex digits over the normalised contract: neither comments nor the order of the sources count, nor does the product's name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from codegen.ir.operations import Contract
from codegen.ir.types import FACETS

UNTOLD = {"place", "filter_places", "proto", "wrapped", "product", "objective", "sockets_per_user"}
NOTES = {"notes", "body_notes", "answers", "each", "each_notes", "tag_docs"}
"""What is said to readers. Like descriptions it counts where something is said, for it is served."""


def fingerprint(contract: Contract) -> str:
    """What a newer compiler knows of and a contract does not use is no fact: such a contract keeps its fingerprint."""
    facts = asdict(
        contract, dict_factory=lambda items: dict(_fact(key, value) for key, value in items if _counts(key, value))
    )
    text = json.dumps(facts, sort_keys=True, default=_normal, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _counts(key: str, value: object) -> bool:
    if key in NOTES:
        return any(value.values()) if isinstance(value, dict) else bool(value)
    if (key, value) in (("may_follow", "roles"), ("filter", ()), ("presence", "none")):
        return False
    return key not in UNTOLD and (bool(value) or key not in FACETS)


def _fact(key: str, value: object) -> tuple[str, object]:
    """An event of one topic is as it was when it could not have several."""
    is_one = key == "topics" and isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], str)
    return ("topic", value[0]) if is_one and isinstance(value, tuple) else (key, value)


def _normal(value: object) -> object:
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no normal form")

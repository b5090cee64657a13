"""Where two JSON values differ; two texts of one moment do not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from proof.ws.transcript import Call


def data_of(call: Call) -> Any:
    return call.answer.get("data") if call.answer else None


def answers_differ(first: Call, second: Call) -> str:
    """Where two answers to one request differ, in what the request said, or, of a read, in anything."""
    one, two = data_of(first), data_of(second)
    if not isinstance(one, dict) or not isinstance(two, dict):
        return ""
    asked = first.frame.get("data")
    names = [name for name in one if isinstance(asked, dict) and name in asked]
    return next(
        (
            f"/{name}: {one.get(name)!r} and {two.get(name)!r}"
            for name in names
            if difference(one.get(name), two.get(name), "")
        ),
        "",
    )


def difference(one: Any, two: Any, pointer: str) -> str:
    """The first place where two values differ; two texts of one moment do not."""
    if isinstance(one, dict) and isinstance(two, dict):
        for name in sorted({*one, *two}):
            if found_at := difference(one.get(name), two.get(name), f"{pointer}/{name}"):
                return found_at
        return ""
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        pairs = enumerate(zip(one, two, strict=True))
        return next((at for index, (a, b) in pairs if (at := difference(a, b, f"{pointer}/{index}"))), "")
    return (
        "" if one == two or _moment(one) == _moment(two) is not None else f"{pointer or '/'}: {one!r} and {two!r}"[:300]
    )


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str) or "T" not in text:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None

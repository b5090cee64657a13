"""Results for people, as tables, and for programs, as JSON; nothing that came is a command to the terminal."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from pydantic import BaseModel

from ..errors import ApiError, ClientError
from ..json_codec import plain
from ..model import member_of

HIDDEN = "••••••"
WIDEST = 60
"""Characters of a cell on a terminal."""


def as_json(value: object) -> str:
    """On one line, with everything that came."""
    return json.dumps(plain(value), ensure_ascii=False)


def record(value: BaseModel) -> str:
    """One line for each field; what is sensitive is not shown."""
    rows = [[name, text] for name, text in _cells(value).items()]
    return _aligned(rows, [])


def table(items: Sequence[Any], out: TextIO = sys.stdout) -> str:
    """One line for each item, cut to the terminal's width where there is one."""
    models = [one for one in items if isinstance(one, BaseModel)]
    if not models:
        return "\n".join(_text(one) for one in items)
    names = list(dict.fromkeys(name for one in models for name in _cells(one)))
    rows = [[_cells(one).get(name, "") for name in names] for one in models]
    width = shutil.get_terminal_size().columns if out.isatty() else None
    if width is not None:
        rows = [[text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…" for text in row] for row in rows]
    lines = _aligned(rows, names).split("\n")
    return "\n".join(line if width is None or len(line) <= width else f"{line[: width - 1]}…" for line in lines)


def fault(error: ClientError) -> str:
    """What went wrong, with the place in the request of each fault, and what an operator asks for."""
    lines = [f"{error.code or type(error).__name__}: {error.message}" if isinstance(error, ApiError) else str(error)]
    if isinstance(error, ApiError):
        lines += [f"  {one.pointer or '/'}  {one.message}" for one in error.errors]
        lines += [f"  in {error.retry_after_s:g} s it may be tried again"] if error.retry_after_s else []
    ids = {"request": error.request_id, "trace": getattr(error, "trace_id", "")}
    told = ", ".join(f"{name} {one}" for name, one in ids.items() if one)
    return "\n".join(printable(line) for line in [*lines, *([f"  {told}"] if told else [])])


def printable(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _cells(value: BaseModel) -> dict[str, str]:
    fields = type(value).model_fields
    return {
        member_of(field, name): _text(getattr(value, name)) if field.repr else HIDDEN for name, field in fields.items()
    }


def _text(value: object) -> str:
    found = plain(value)
    if found is None:
        return ""
    return printable(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))


def _aligned(rows: Iterable[list[str]], head: list[str]) -> str:
    every = [*([[one.upper() for one in head]] if head else []), *rows]
    widths = [max(len(row[column]) for row in every) for column in range(len(every[0]))] if every else []
    padded = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in every)
    return "\n".join(line.rstrip() for line in padded)

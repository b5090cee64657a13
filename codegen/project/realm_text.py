"""Puts entries into a list of a JSON text, and leaves every other character of it as it is.

Promises: what is written is laid out as its neighbours are; the text stays JSON, or Refused is raised.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from codegen.diagnostics import Refused

SPACE = re.compile(r"[ \t\r\n]*")


def with_entries(text: str, path: Sequence[str], entries: Sequence[dict[str, str]]) -> str:
    """The list at `path`, members of objects by name, has `entries` at its end. Raises Refused where there is no such list."""
    start, end = _span(text, _skip(text, 0), path)
    if text[start] != "[":
        raise Refused(f"{'.'.join(path)} is no list")
    margin = _margin(text, start)
    unit = margin[: len(margin) // len(path)] or "  "
    written = [
        f"\n{margin}{unit}" + json.dumps(one, ensure_ascii=False, indent=unit).replace("\n", f"\n{margin}{unit}")
        for one in entries
    ]
    before = text[: end - 1].rstrip()
    comma = "" if before.endswith("[") else ","
    return f"{before}{comma}{','.join(written)}\n{margin}{text[end - 1 :]}"


def _margin(text: str, position: int) -> str:
    """What the line begins with."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip())]


def _span(text: str, start: int, path: Sequence[str]) -> tuple[int, int]:
    """Where the value at `path` begins and ends, of the value that begins at `start`."""
    decoder = json.JSONDecoder()
    if not path:
        return start, decoder.raw_decode(text, start)[1]
    position = start + 1
    while text[start] == "{" and text[position := _skip(text, position)] != "}":
        name, position = decoder.raw_decode(text, position)
        position = _skip(text, _skip(text, position) + 1)
        if name == path[0]:
            return _span(text, position, path[1:])
        position = _skip(text, decoder.raw_decode(text, position)[1])
        position += text[position] == ","
    raise Refused(f"there is no {path[0]!r}")


def _skip(text: str, position: int) -> int:
    """Behind the white space."""
    found = SPACE.match(text, position)
    return found.end() if found else position

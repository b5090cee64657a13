"""What HTTP carries as text: the variables of a path's template, and values outside of a JSON body, by their types.

A template whose fixed text begins earlier goes first (OpenAPI 3.1, Path Templating Matching: concrete before templated).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from codegen.ir.types import Bool, Definition, Enum, Float, Int, Named, Type

VARIABLE = re.compile(r"\{([^{}]*)\}")
SEGMENT = "[^/]+"
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,30})")
REAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
"""As JSON has numbers (RFC 8259 §6)."""


def pattern(path: str, segment: str = SEGMENT) -> tuple[re.Pattern[str], list[str]]:
    """With the names of its variables, one for each group."""
    parts = VARIABLE.split(path)
    return re.compile(f"({segment})".join(map(re.escape, parts[::2]))), parts[1::2]


def order(path: str) -> list[bool]:
    """A key for sorting: the most specific first."""
    return ["{" in part for part in path.split("/")]


def typed(definitions: Mapping[str, Definition], kind: Type, text: str) -> str | int | float | bool:
    """What is no such value stays the text that it is."""
    definition = definitions[kind.name] if isinstance(kind, Named) else None
    is_whole = isinstance(kind, Int) or (isinstance(definition, Enum) and not definition.is_text)
    if is_whole and WHOLE.fullmatch(text):
        return int(text)
    if isinstance(kind, Float) and REAL.fullmatch(text):
        return float(text)
    if isinstance(kind, Bool) and text in ("true", "false"):
        return text == "true"
    return text

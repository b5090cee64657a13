"""The constraints of a schema: counts, bounds and patterns, read strictly."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from codegen.diagnostics import Findings, Place
from codegen.ir.patterns import Untranslatable, rust
from codegen.parse.yaml_tree import MAX_DEPTH, Mapping, Scalar, Sequence, kind_of, text_of

Read = TypeVar("Read")

SHAPING = {"minLength", "maxLength", "pattern", "enum", "const"}
"""What bounds a text."""
KINDS = {"title": "string", "description": "string", "format": "string", "pattern": "string", "contentEncoding": "string",
         "required": "array", "examples": "array", "properties": "object", "deprecated": "boolean"}  # fmt: skip
"""JSON's type of each word that is not read through a check of its own."""


class Constraints:
    """Reads keywords of one schema; what is not of the keyword's type is a finding."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._inside: set[Place] = set()
        """The schemas that are being read, since the last one that becomes a type of its own."""

    def _ending(self, node: Mapping, what: str, read: Callable[[], Read]) -> Read | None:
        """What is read inside of a schema; one that is no type of its own and holds itself would have no end."""
        if node.place in self._inside:
            self._refuse("R003", node.place, f"{what} holds itself", "let a record stand between")
            return None
        if len(self._inside) >= MAX_DEPTH:
            self._refuse("Y008", node.place, f"{what} is nested deeper than {MAX_DEPTH}", "let a record stand between")
            return None
        self._inside.add(node.place)
        found = read()
        self._inside.remove(node.place)
        return found

    def _refuse(self, rule: str, place: Place, message: str, fix: str = "") -> None:
        self._findings.add(rule, place, message, fix=fix)

    def _pattern(self, node: Mapping, what: str) -> str | None:
        pattern = text_of(node.get("pattern"))
        if pattern is None:
            return None
        try:
            rust(pattern)
        except Untranslatable as error:
            fix = "write it in the part of ECMA-262 that every target reads alike"
            self._refuse("S008", node.keys["pattern"], f"the pattern of {what}: {error}", fix)
            return None
        return pattern

    def _alone(self, node: Mapping, key: str, others: set[str], what: str) -> bool:
        """A form of its own has its own values; a bound beside it would not be judged."""
        found = [other for other in node.entries if other in others]
        for other in found:
            self._refuse("S004", node.keys[other], f"{what} has {other!r} beside {key}", f"remove {other!r} or {key!r}")
        return not found

    def _const(self, node: Mapping, what: str) -> str | None:
        value = node.get("const")
        if value is None:
            return None
        text = value.value if isinstance(value, Scalar) else None
        self._alone(node, "const", SHAPING - {"const"} | {"format"}, what)
        if not isinstance(text, str) or not text or "\0" in text:
            self._refuse("S025", value.place, f"the constant of {what} is no text", "write a text in quotes")
            return None
        return text

    def _count(self, node: Mapping, key: str, what: str, default: int | None = None) -> int | None:
        value = node.get(key)
        if value is None:
            return default
        if isinstance(value, Scalar) and isinstance(value.value, int) and not isinstance(value.value, bool):
            return value.value
        self._refuse("S021", value.place, f"{key} of {what} is not a whole number")
        return default

    def _number(self, node: Mapping, key: str, what: str) -> float | None:
        value = node.get(key)
        if value is None:
            return None
        number = value.value if isinstance(value, Scalar) else None
        if isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number):
            return float(number)
        self._refuse("S021", value.place, f"{key} of {what} is not a number")
        return None

    def _typed(self, node: Mapping) -> None:
        """Words whose value has another type would be passed over."""
        for key, kind in KINDS.items():
            value = node.get(key)
            if value is not None and kind_of(value) != kind:
                self._refuse("F003", value.place, f"{key} is {kind_of(value)}", f"write {kind}")
        listed = node.get("required")
        names = [text_of(item) for item in listed.items] if isinstance(listed, Sequence) else []
        if listed is not None and (None in names or len(set(names)) != len(names)):
            self._refuse("F003", listed.place, "required is no list of names, each once")

"""The constraints of a schema: counts, bounds and patterns, read strictly."""

from __future__ import annotations

import re

from codegen.diagnostics import Findings, Place
from codegen.parse.yaml_tree import Mapping, Scalar, text_of


class Constraints:
    """Reads keywords of one schema; what is not of the keyword's type is a finding."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def _refuse(self, rule: str, place: Place, message: str, fix: str = "") -> None:
        self._findings.add(rule, place, message, fix=fix)

    def _pattern(self, node: Mapping, what: str) -> str | None:
        pattern = text_of(node.get("pattern"))
        if pattern is None:
            return None
        try:
            re.compile(pattern)
        except re.error as error:
            self._refuse("S008", node.keys["pattern"], f"the pattern of {what} is not a regular expression: {error}")
            return None
        if re.search(r"\(\?[=!<]|\\[1-9]", pattern):
            self._refuse(
                "S008",
                node.keys["pattern"],
                f"the pattern of {what} looks around or back",
                "write it without",
            )
            return None
        return pattern

    def _count(self, node: Mapping, key: str, what: str, default: int | None = None) -> int | None:
        value = node.get(key)
        if value is None:
            return default
        if isinstance(value, Scalar) and isinstance(value.value, int) and not isinstance(value.value, bool):
            return value.value
        self._refuse("S021", value.place, f"{key} of {what} is not a whole number")
        return default

    def _number(self, node: Mapping, key: str) -> float | None:
        value = node.get(key)
        return float(value.value) if isinstance(value, Scalar) and isinstance(value.value, int | float) else None

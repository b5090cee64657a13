"""Finds the binding of a method and a path: a dictionary for static paths, a tree of segments for the others.

The cost does not grow with the number of operations (FastAPI scans its routes one by one).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from generated.bindings import HttpBinding

Verbs = dict[str, HttpBinding]


@dataclass(slots=True)
class _Segment:
    fixed: dict[str, _Segment] = field(default_factory=dict)
    parameter: _Segment | None = None
    verbs: Verbs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """The bindings of one path by verb, and the texts of its path parameters in order."""

    verbs: Verbs
    values: tuple[str, ...]
    """Decoded, in UTF-8; what is no UTF-8 has replacement characters in it."""


class RouteTable:
    """Built once. A fixed segment goes before a parameter (OpenAPI 3.1, Path Templating); where `/a/b` leads nowhere,
    `/a/{x}` is tried."""

    def __init__(self, routes: Iterable[HttpBinding]) -> None:
        self._static: dict[str, Match] = {}
        self._root = _Segment()
        for binding in routes:
            self._add(binding)

    def _add(self, binding: HttpBinding) -> None:
        if "{" not in binding.path:
            self._static.setdefault(binding.path, Match({}, ())).verbs[binding.verb] = binding
            return
        segment = self._root
        for step in binding.path.split("/")[1:]:
            if step.startswith("{"):
                segment.parameter = segment.parameter or _Segment()
                segment = segment.parameter
            else:
                segment = segment.fixed.setdefault(step, _Segment())
        segment.verbs[binding.verb] = binding

    def find(self, raw_path: str) -> Match | None:
        """`raw_path` is still percent-encoded, so that an encoded slash stays inside its segment. None for a path that
        the contract does not have; an empty segment is no value, and a slash at the end is another path."""
        if (match := self._static.get(raw_path)) is not None:
            return match
        return _descend(self._root, raw_path.split("/"), 1, ())


def _descend(segment: _Segment, steps: list[str], at: int, values: tuple[str, ...]) -> Match | None:
    """No deeper than the longest path of the contract."""
    if at == len(steps):
        return Match(segment.verbs, values) if segment.verbs else None
    step = steps[at]
    if (fixed := segment.fixed.get(step)) is not None and (found := _descend(fixed, steps, at + 1, values)) is not None:
        return found
    if segment.parameter is None or not step:
        return None
    return _descend(segment.parameter, steps, at + 1, (*values, unquote(step)))

"""Paths as the language has them: plain segments, and parameters that are whole ones.

`/reports/{id}.json` is served as `/reports/{id}`, `/jobs/{id}:cancel` as `/jobs/{id}/cancel`, `/compare/{a}...{b}` as `/compare/{a}/{b}`.
"""

from __future__ import annotations

import re

from codegen.parse.http_request import SEGMENTS

ENDING = re.compile(r"\.[A-Za-z]{2,5}\Z")
"""Says which media type is wanted; here Accept does."""


def route_of(path: str) -> str:
    """The path that is served; empty where there is none."""
    bare = path.partition("?")[0].partition("#")[0]
    parts = [one for part in bare.split("/") for one in (_split(part) if "{" in part else [part])]
    route = "/".join(parts)
    names = re.findall(r"\{([^{}]*)\}", route)
    return route if SEGMENTS.fullmatch(route) and len(set(names)) == len(names) else ""


def shape_of(route: str) -> str:
    """The same for two routes that no request could tell apart."""
    return re.sub(r"\{[^{}]*\}", "{}", route)


def _split(part: str) -> list[str]:
    """Each parameter is a segment; what stands between two, or before and behind, is one if it is a word."""
    if re.fullmatch(r"\{[^{}]*\}", part):
        return [part]
    pieces = re.findall(r"\{[^{}]*\}|[^{}]+", ENDING.sub("", part))
    words = [piece if piece.startswith("{") else re.sub(r"[^A-Za-z0-9_-]+", "", piece).strip("-_") for piece in pieces]
    return [word for word in words if word]

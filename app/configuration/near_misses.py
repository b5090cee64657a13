"""Names that are nearly a setting's: they are told, since what they say has no effect."""

from __future__ import annotations

from collections.abc import Iterable

from generated.product import NAME

PREFIX = f"{NAME.upper()}_"
"""Other products ask for it; here names stand alone."""
MIN_CHARS = 6
"""Shorter names are other programs' too often, as HOME and HOST are."""
CHARS_FOR_TWO = 10
"""From here on two letters may be wrong."""


def near_misses(unread: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """The setting that each of the unread names was probably meant to be."""
    names = tuple(known)
    meant = {name: _meant(name, names) for name in unread}
    return {name: one for name, one in sorted(meant.items()) if one is not None}


def _meant(name: str, known: tuple[str, ...]) -> str | None:
    plain = name.upper().replace("-", "_")
    if plain.startswith(PREFIX):
        plain = plain.removeprefix(PREFIX)
    if plain in known:
        return plain if plain != name else None
    if len(plain) < MIN_CHARS:
        return None
    allowed = 2 if len(plain) >= CHARS_FOR_TWO else 1
    return min(
        (one for one in known if _distance(plain, one, allowed) <= allowed),
        key=lambda one: _distance(plain, one, allowed),
        default=None,
    )


def _distance(one: str, other: str, enough: int) -> int:
    """Letters that are wrong, missing, too many or exchanged with their neighbour (Damerau and Levenshtein); `enough + 1` for more."""
    if abs(len(one) - len(other)) > enough:
        return enough + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        before, last, row = row, before, [index]
        for place, same in enumerate(other, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != same))
            if last and place > 1 and letter == other[place - 2] and one[index - 2] == same:
                cost = min(cost, last[place - 2] + 1)
            row.append(cost)
    return row[-1]

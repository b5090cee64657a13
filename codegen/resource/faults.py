"""What is wrong with what `make resource` was asked for: where in the words, what was expected, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`argument` is `fields`, `name`, `plural` or `owner`; `column` counts from 1 in its text."""

    argument: str
    column: int
    message: str
    fix: str


def report(faults: Iterable[Fault], words: Mapping[str, str]) -> str:
    """Every fault with its place in the words, in their order. Equal ones are said once."""
    found = sorted(set(faults))
    blocks = [_block(one, words.get(one.argument, "")) for one in found]
    return "".join([*blocks, f"{len(found)} {'finding' if len(found) == 1 else 'findings'}; nothing was written."])


def _block(fault: Fault, text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    excerpt = f"   | {shown}\n   | {' ' * (fault.column - 1)}^\n" if shown else ""
    return f"{fault.argument}:{fault.column} {fault.message}\n{excerpt}   = fix: {fault.fix}\n"

"""Lines that go: an entry of a block in YAML, or a declaration in proto, with the comment right above it.

Promises: only whole lines are removed, no other line is touched. What stands on one line with something else is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.diagnostics import Refused
from codegen.edits import lines_of
from codegen.parse.yaml_tree import Mapping, Node, Scalar


@dataclass(frozen=True, slots=True)
class Cut:
    """`first` and `last` count from 1, both included."""

    file: str
    first: int
    last: int


def entry(mapping: Mapping, key: str) -> Cut:
    """The lines of an entry. Raises Refused for one that stands in braces."""
    place = mapping.keys[key]
    if mapping.is_flow:
        raise Refused(f"{place} {key!r} stands on a line with others; take it out by hand first")
    following = [one.line for one in mapping.keys.values() if one.line > place.line]
    return Cut(place.file, place.line, min(following, default=_after(mapping)) - 1)


def _after(node: Node) -> int:
    """The line behind a node."""
    return node.place.line + 1 if isinstance(node, Scalar) else node.end.line


def declaration(file: str, text: str, first: int) -> Cut:
    """A declaration of proto from its first line to the brace or the semicolon that ends it. Raises Refused for one
    that does not end. Braces in comments do not count."""
    depth = 0
    for number, line in enumerate(lines_of(file, text)[first - 1 :], first):
        code = line.partition("//")[0]
        depth += code.count("{") - code.count("}")
        if depth <= 0 and (";" in code or "}" in code):
            return Cut(file, first, number)
    raise Refused(f"{file}:{first} has no end")


def without(sources: dict[str, str], cuts: Iterable[Cut]) -> dict[str, str]:
    """The new text of every file that loses lines. A comment right above what goes, goes too; the one at the head of a
    file stays."""
    by_file: dict[str, set[int]] = {}
    for cut in cuts:
        lines = lines_of(cut.file, sources[cut.file])
        by_file.setdefault(cut.file, set()).update(_grown(lines, cut))
    return {file: _left(lines_of(file, sources[file]), gone) for file, gone in by_file.items()}


def _grown(lines: list[str], cut: Cut) -> range:
    """With the comment above, unless that is the head of the file, and without what belongs to the next entry."""
    first, last = cut.first, cut.last
    while last > first and _is_comment_or_blank(lines[last - 1]):
        last -= 1
    above = first
    while above > 1 and _is_comment(lines[above - 2]):
        above -= 1
    return range(above if above > 1 else first, last + 1)


def _left(lines: list[str], gone: set[int]) -> str:
    """Of the blank lines around what goes, one stays."""
    kept: list[str] = []
    for number, line in enumerate(lines, 1):
        is_doubled = not line.strip() and (not kept or not kept[-1].strip()) and number - 1 in gone
        if number not in gone and not is_doubled:
            kept.append(line)
        elif is_doubled:
            gone.add(number)
    while kept and not kept[-1].strip():
        kept.pop()
    return "".join(kept)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "//"))


def _is_comment_or_blank(line: str) -> bool:
    return not line.strip() or _is_comment(line)

"""The members of an enum: texts, or int32 numbers with their names in `x-enum-names`."""

from __future__ import annotations

from codegen.diagnostics import Findings, Place
from codegen.ir.names import is_identifier
from codegen.ir.types import INT32
from codegen.parse.yaml_tree import Mapping, plain

UNSET = "unspecified"


def read_members(node: Mapping, name: str, findings: Findings) -> tuple[tuple[str, str | int], ...]:
    """Pairs of name and value; empty after a finding that leaves nothing to pair."""
    place = node.keys["enum"]
    values = plain(node.entries["enum"])
    names = plain(node.entries["x-enum-names"]) if "x-enum-names" in node.entries else values
    if not isinstance(values, list) or not isinstance(names, list) or len(values) != len(names) or not values:
        findings.add("S014", place, f"the members of {name} and their names do not pair up")
        return ()
    texts = [str(label) for label in names]
    if not all(is_identifier(text.replace("-", "_").lower()) for text in texts) or len(set(texts)) != len(texts):
        findings.add("S014", place, f"a member of {name} is no name, or stands twice")
    _values(values, name, place, findings)
    if dict(zip(texts, map(str, values), strict=True)).get(UNSET, "0") != "0":
        fix = f"rename {UNSET!r}, or give it the number 0"
        findings.add("S014", place, f"a member of {name} is called as proto calls what is absent", fix=fix)
    return tuple(zip(texts, values, strict=True))


def _values(values: list[object], name: str, place: Place, findings: Findings) -> None:
    is_text = all(isinstance(value, str) for value in values)
    is_number = all(
        isinstance(value, int) and not isinstance(value, bool) and INT32[0] <= value <= INT32[1] for value in values
    )
    if not is_text and not is_number:
        fix = "write texts in quotes, or int32 numbers with their x-enum-names"
        findings.add("S014", place, f"the members of {name} are neither all texts nor all int32 numbers", fix=fix)
    elif len(set(map(str, values))) != len(values):
        findings.add("S014", place, f"a member of {name} stands twice", fix="remove one")

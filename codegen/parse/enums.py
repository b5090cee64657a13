"""The members of an enum: texts, or int32 numbers, and how code calls them.

A text that reads as a name is its own; another is spelled in letters, digits and words; `x-enum-names` says better ones.
"""

from __future__ import annotations

import re
import unicodedata

from codegen.diagnostics import Findings, Place, shown
from codegen.ir.names import MAX_LENGTH, SNAKE
from codegen.ir.types import INT32
from codegen.parse.yaml_tree import Mapping, plain

UNSET = "unspecified"
WORD, NAMES = "x-enum-names", "write {member: name} in x-enum-names: snake_case, at most 64 characters, each once"
PAIRED = "name each member in x-enum-names, in the order of enum, or by the member"
SYMBOLS = {
    " ": "space", "!": "not", '"': "quote", "#": "hash", "$": "dollar", "%": "percent", "&": "and", "'": "apostrophe",
    "(": "open", ")": "close", "*": "star", "+": "plus", ",": "comma", "-": "minus", ".": "dot", "/": "slash", ":": "colon",
    ";": "semicolon", "<": "less", "=": "equal", ">": "greater", "?": "question", "@": "at", "[": "from", "\\": "backslash",
    "]": "to", "^": "caret", "_": "underscore", "`": "backtick", "{": "begin", "|": "or", "}": "end", "~": "tilde",
}  # fmt: skip
SEPARATORS = frozenset(" -./:,_")
"""Between letters and digits they only part."""


def read_members(node: Mapping, name: str, findings: Findings) -> tuple[tuple[str, str | int], ...]:
    """Pairs of name and value; empty after a finding that leaves nothing to pair."""
    place = node.keys["enum"]
    values = plain(node.entries["enum"])
    said = plain(node.entries[WORD]) if WORD in node.entries else {}
    names = _paired(values, said)
    if not isinstance(values, list) or names is None or not values:
        findings.add("S014", place, f"the members of {name} and their names do not pair up", fix=PAIRED)
        return ()
    _values(values, name, place, findings)
    known: dict[str, tuple[object, str]] = {}
    for label, value in zip(names, values, strict=True):
        _named(name, label, value, known, place, findings)
    if dict(zip(names, map(str, values), strict=True)).get(UNSET, "0") != "0":
        fix = f"rename {UNSET!r}, or give it the number 0"
        findings.add("S014", place, f"a member of {name} is called as proto calls what is absent", fix=fix)
    return tuple(zip(names, values, strict=True))


def member_name(text: str) -> str:
    """`gpt-4.1` → `gpt_4_1`, `1d` → `value_1d`, `+` → `plus`, `` → `empty`: letters lose their marks, what has no word is its number."""
    if _is_name(text):
        return text
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    parts = re.findall(r"[A-Za-z0-9]+|.", bare, re.DOTALL)
    words = [_word(parts, index) for index in range(len(parts))]
    name = "_".join(word for word in words if word) or "empty"
    return f"value_{name}" if name[0].isdigit() else name


def _word(parts: list[str], index: int) -> str:
    part = parts[index]
    if part.isascii() and part.isalnum():
        return part.lower()
    beside = [*parts[max(index - 1, 0) : index], *parts[index + 1 : index + 2]]
    is_between = len(beside) == 2 and all(one.isascii() and one.isalnum() for one in beside)
    return "" if is_between and part in SEPARATORS else SYMBOLS.get(part, f"u{ord(part):04x}")


def _is_name(text: str) -> bool:
    return bool(SNAKE.match(text.replace("-", "_").lower())) and len(text) <= MAX_LENGTH


def _paired(values: object, said: object) -> list[str] | None:
    """A name for each member, or None: a list has one for each, a map those of some texts or of all numbers."""
    if not isinstance(values, list):
        return None
    if isinstance(said, list):
        return [str(one) for one in said] if len(said) == len(values) else None
    known = {str(key): str(one) for key, one in said.items()} if isinstance(said, dict) else {}
    is_whole = known.keys() <= {str(value) for value in values}
    names = [known.get(str(value), member_name(value) if isinstance(value, str) else "") for value in values]
    return names if is_whole and (all(names) or not said) else None


def _named(
    name: str, label: str, value: object, known: dict[str, tuple[object, str]], place: Place, findings: Findings
) -> None:
    spelled = label.replace("-", "_").lower()
    if isinstance(value, str) and "\0" in value:
        findings.add("S014", place, f"a member of {name} has U+0000, which no database holds", fix="remove it")
        return
    if not _is_name(label):
        message = f"the member {_said(value)} of {name} is called {shown(label)!r}, which is no name"
        findings.add("S014", place, message, fix=NAMES)
        return
    first, first_label = known.setdefault(spelled, (value, label))
    if first != value and label in (spelled, first_label):
        message = f"the members {_said(first)} and {_said(value)} of {name} are both called {label!r}"
        findings.add("S014", place, message, fix=NAMES)


def _said(value: object) -> str:
    return shown(repr(value))


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

"""The text of TypeScript modules. What comes from a contract gets in as an escaped literal, in a comment that it cannot
end, or as a checked identifier."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable

from codegen.emit.client_tables import MAX_SAFE
from codegen.emit.printer import File
from codegen.emit.sentences import examples
from codegen.ir.notes import Notes

WIDTH = 110
IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")


def module(path: str, note: str, lines: Iterable[str]) -> File:
    text = "\n".join([f"/** {note} Generated; do not edit. */", "", *lines])
    return File(path, (text.rstrip() + "\n").encode())


def quoted(text: str) -> str:
    """In ASCII, so that no character ends a line or changes the direction of reading."""
    return json.dumps(text)


def literal(value: object) -> str:
    """A value in its JSON form; integers that a number does not hold are texts of their digits."""
    if isinstance(value, list):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key(str(name))}: {literal(item)}' for name, item in value.items())}}}"
    if isinstance(value, int) and abs(value) > MAX_SAFE:
        return quoted(str(value))
    return json.dumps(value)


def key(name: str) -> str:
    """A property in an object literal; `__proto__` would set what the object inherits from."""
    if name == "__proto__":
        return f"[{quoted(name)}]"
    return name if IDENTIFIER.match(name) else quoted(name)


def entries(pairs: Iterable[tuple[str, str | None]]) -> str:
    """An object literal on one line; what has no value is left out."""
    told = [f"{key(name)}: {value}" for name, value in pairs if value is not None]
    return f"{{ {', '.join(told)} }}" if told else "{}"


def comment(paragraphs: Iterable[str], indent: str = "", tags: Iterable[str] = ()) -> list[str]:
    """A doc comment, or nothing where there is nothing to say. `tags` are our own words before the contract's."""
    said = [line for one in paragraphs for line in textwrap.wrap(_plain(one), WIDTH - len(indent))]
    lines = [*said, *tags]
    if not lines:
        return []
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line}" for line in lines), f"{indent} */"]


def note_tags(notes: Notes) -> list[str]:
    """`@deprecated`, `@example` and `@see`, as tools show them."""
    docs = notes.external_docs
    found = [deprecated(notes.sunset)] if notes.deprecated else []
    found += [tag("example", one) for one in examples(notes)]
    return [*found, *([tag("see", f"{docs.url} {docs.description}")] if docs else [])]


def deprecated(sunset: str | None) -> str:
    return tag("deprecated", f"It may be gone from {sunset} on." if sunset else "")


def tag(name: str, text: str) -> str:
    return f"@{name} {_plain(text)}".rstrip()


def _plain(text: str) -> str:
    """On one line, without an end of the comment and without tags of its own."""
    one_line = "".join(char for char in " ".join(text.split()) if char.isprintable())
    return re.sub(r"(^|[\s{])@", r"\1\\@", one_line.replace("*/", "*\\/"))

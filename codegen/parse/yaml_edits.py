"""Insertions into YAML that keep what stands there: an entry at the end of a mapping, in its own style and indentation.

Where several blocks end on one line, the innermost takes its entry first.
"""

from __future__ import annotations

import posixpath

from codegen.edits import Edit
from codegen.parse.yaml_tree import Mapping, Sequence

NO_TEXT = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def add_entry(mapping: Mapping, key: str, value: str) -> Edit:
    """`key: value` as the last entry; `value` is one line of YAML."""
    if mapping.is_flow:
        return _in_flow(mapping, f"{key}: {value}", is_first=not mapping.entries)
    return _in_block(mapping, f"{key}: {value}")


def add_table(mapping: Mapping, key: str, entries: dict[str, str]) -> Edit:
    """A mapping of lines as the last entry."""
    if mapping.is_flow:
        return add_entry(mapping, key, braced(entries))
    return _in_block(mapping, f"{key}:", *(f"  {name}: {value}" for name, value in entries.items()))


def add_item(sequence: Sequence, value: str) -> Edit:
    """`value` as the last item."""
    if sequence.is_flow:
        return _in_flow(sequence, value, is_first=not sequence.items)
    return _in_block(sequence, f"- {value}")


def word(text: str) -> str:
    """A name as YAML of any version reads it."""
    return f"'{text}'" if text.lower() in NO_TEXT else text


def braced(entries: dict[str, str]) -> str:
    """A mapping on one line."""
    return "{" + ", ".join(f"{name}: {value}" for name, value in entries.items()) + "}"


def reference(file: str, target: str, pointer: str) -> str:
    """`{$ref: …}` from one file under `specs/` to a place in another or the same one."""
    path = "" if file == target else posixpath.relpath(target, posixpath.dirname(file))
    return f"{{$ref: '{path}#/{pointer}'}}"


def _in_flow(holder: Mapping | Sequence, text: str, *, is_first: bool) -> Edit:
    """Behind the last member, since a comma may follow it."""
    if is_first:
        return Edit(holder.end.file, holder.end.line, holder.end.column, text, between=", ")
    return Edit(holder.last.file, holder.last.line, holder.last.column, f", {text}")


def _in_block(holder: Mapping | Sequence, *lines: str) -> Edit:
    indent = " " * (holder.place.column - 1)
    text = "".join(f"{indent}{line}\n" for line in lines)
    return Edit(holder.end.file, holder.end.line, 1, text, phase=-holder.place.column)

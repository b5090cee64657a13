"""Insertions into YAML that keep what stands there: an entry at the end of a mapping, in its own style and indentation."""

from __future__ import annotations

from codegen.edits import Edit
from codegen.parse.yaml_tree import Mapping, Sequence


def add_entry(mapping: Mapping, key: str, value: str) -> Edit:
    """`key: value` as the last entry; `value` is one line of YAML."""
    if mapping.is_flow:
        lead = ", " if mapping.entries else ""
        return Edit(mapping.end.file, mapping.end.line, mapping.end.column, f"{lead}{key}: {value}")
    indent = " " * (mapping.place.column - 1)
    return Edit(mapping.end.file, mapping.end.line, 1, f"{indent}{key}: {value}\n")


def add_item(sequence: Sequence, value: str) -> Edit:
    """`value` as the last item."""
    if sequence.is_flow:
        lead = ", " if sequence.items else ""
        return Edit(sequence.end.file, sequence.end.line, sequence.end.column, f"{lead}{value}")
    indent = " " * (sequence.place.column - 1)
    return Edit(sequence.end.file, sequence.end.line, 1, f"{indent}- {value}\n")

"""Nodes of foreign documents keep their places."""

from __future__ import annotations

from codegen.diagnostics import Findings
from codegen.importer.nodes import child, items, made, mapping, text, value, walk, with_entries, without
from codegen.parse.yaml_tree import Mapping, parse_yaml

TEXT = "a: {b: [1, two]}\nversion: 1.5\nproperties: {example: {c: 1}}\nexample: {d: {e: 1}}\nx-note: {f: {}}\n"


def tree() -> Mapping:
    found = parse_yaml("x.yaml", TEXT.encode(), Findings())
    assert isinstance(found, Mapping)
    return found


def test_what_is_not_there_is_nothing() -> None:
    root = tree()
    assert child(root, "a", "b", "c") is None
    assert mapping(root, "version") is None
    assert items(root, "a") == []
    assert text(root, "a") == ""


def test_a_number_is_a_text_where_one_is_wanted() -> None:
    assert (text(tree(), "version"), value(tree(), "version")) == ("1.5", 1.5)


def test_what_is_made_stands_where_the_other_stood() -> None:
    root = tree()
    assert made(root, {"q": root}).keys["q"] == root.place
    assert list(without(root, "a", "x-note").entries) == ["version", "properties", "example"]
    assert with_entries(root, a=root).keys["a"].line == 1


def test_values_are_no_part_of_the_form_and_names_of_properties_are() -> None:
    keys = {key for node in walk(tree()) for key in node.entries}
    assert {"b", "c", "example"} <= keys
    assert not {"d", "e", "f"} & keys

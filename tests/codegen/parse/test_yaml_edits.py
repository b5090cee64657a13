"""An entry goes to the end of its mapping, in the mapping's own style."""

from __future__ import annotations

import pytest

from codegen.diagnostics import Findings
from codegen.edits import apply
from codegen.parse.yaml_edits import add_entry, add_item, add_table, reference, word
from codegen.parse.yaml_tree import Mapping, Sequence, parse_yaml


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "k:\n  a: 1  # one\n  b: |\n    text\n# after\nz: 1\n",
            "k:\n  a: 1  # one\n  b: |\n    text\n  n: 2\n# after\nz: 1\n",
        ),
        ("k: {a: 1}  # one\n", "k: {a: 1, n: 2}  # one\n"),
        ("k: {}\n", "k: {n: 2}\n"),
        ("k: {a: 1, }\n", "k: {a: 1, n: 2, }\n"),
        ("k: {a: [x],  # one\n  b: {}  # two\n}\n", "k: {a: [x],  # one\n  b: {}, n: 2  # two\n}\n"),
        ("k:\n    a:\n        b: 1", "k:\n    a:\n        b: 1\n    n: 2\n"),
    ],
)
def test_an_entry_is_added_and_the_rest_stays(text: str, wanted: str) -> None:
    root = parse_yaml("a.yaml", text.encode(), Findings())
    assert isinstance(root, Mapping)
    mapping = root.entries["k"]
    assert isinstance(mapping, Mapping)
    assert apply([add_entry(mapping, "n", "2")], {"a.yaml": text}) == {"a.yaml": wanted}


@pytest.mark.parametrize(
    ("text", "wanted"), [("k: [a]\n", "k: [a, n]\n"), ("k: []\n", "k: [n]\n"), ("k:\n- a\n", "k:\n- a\n- n\n")]
)
def test_an_item_too(text: str, wanted: str) -> None:
    root = parse_yaml("a.yaml", text.encode(), Findings())
    assert isinstance(root, Mapping)
    items = root.entries["k"]
    assert isinstance(items, Sequence)
    assert apply([add_item(items, "n")], {"a.yaml": text}) == {"a.yaml": wanted}


def test_of_two_blocks_that_end_together_the_inner_one_ends_first() -> None:
    text = "k:\n  a:\n    b: 1\n"
    root = parse_yaml("a.yaml", text.encode(), Findings())
    assert isinstance(root, Mapping)
    outer = root.entries["k"]
    assert isinstance(outer, Mapping)
    inner = outer.entries["a"]
    assert isinstance(inner, Mapping)
    edits = [add_entry(outer, "n", "2"), add_table(inner, "m", {"x": "1", "y": "2"})]
    wanted = "k:\n  a:\n    b: 1\n    m:\n      x: 1\n      y: 2\n  n: 2\n"
    assert apply(edits, {"a.yaml": text}) == {"a.yaml": wanted}


def test_a_reference_is_relative_and_a_word_is_a_text() -> None:
    assert reference("specs/http/a.yaml", "specs/schemas/b.yaml", "B") == "{$ref: '../schemas/b.yaml#/B'}"
    assert reference("specs/schemas/b.yaml", "specs/schemas/b.yaml", "B") == "{$ref: '#/B'}"
    assert (word("red"), word("No")) == ("red", "'No'")

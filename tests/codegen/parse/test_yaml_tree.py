"""YAML becomes nodes with places, or findings with places; nothing a file contains raises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis.strategies import binary, text

from codegen.diagnostics import Findings, Place
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, kind_of, parse_yaml, plain, text_of


def parse(text: str | bytes) -> tuple[Node | None, list[tuple[str, int, int]]]:
    findings = Findings()
    node = parse_yaml("a.yaml", text.encode() if isinstance(text, str) else text, findings)
    return node, [(one.rule, one.place.line, one.place.column) for one in findings]


def test_keys_and_values_know_where_they_stand() -> None:
    root, found = parse("a: 1\nb:\n  - x\n  - {c: true}\n")
    assert found == []
    assert isinstance(root, Mapping)
    assert root.keys["b"] == Place("a.yaml", 2, 1)
    items = root.get("b")
    assert isinstance(items, Sequence)
    assert (items.items[1].place, items.items[1].pointer) == (Place("a.yaml", 4, 5), "/b/1")


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", "yes"), ("2020-01-02", "2020-01-02"), ("0o17", 15), ("0x1f", 31), ("010", 10), ("1e3", 1000.0), ("~", None),
     ("'1'", "1"), ("True", True), ("1_000", "1_000"), (".inf", ".inf"), ("1e999", "1e999"), ("-1e999", "-1e999")],
)  # fmt: skip
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    root, _ = parse(f"k: {text}")
    assert isinstance(root, Mapping)
    found = plain(root.entries["k"])
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a: &x 1\nb: *x\n", ("Y005", 1, 4)),
        ("<<: {a: 1}\n", ("Y005", 1, 1)),
        ("a: !!python/none x\n", ("Y006", 1, 4)),
        ("a: 1\na: 2\n", ("Y010", 2, 1)),
        ("? [1]\n: 2\n", ("Y009", 1, 3)),
        ("a: 1\n---\nb: 2\n", ("Y007", 2, 1)),
        ("a: [\n", ("Y003", 2, 1)),
        ("a:\n\t- b\n", ("Y003", 2, 1)),
        ("", ("Y004", 1, 1)),
        ("[" * 65 + "]" * 65, ("Y008", 1, 65)),
        (b"a: \xff\n", ("Y002", 1, 1)),
        (b"a: 1\n" * 400_001, ("Y001", 1, 1)),
        ("? " + "k" * 1_000_000 + "\n: [" + "1," * 1_000 + "]\n", ("Y001", 2, 100)),
        ("a: 1\nb: \0\n", ("Y003", 2, 1)),
    ],
)
def test_what_is_not_read_is_named_with_its_place(text: str | bytes, finding: tuple[str, int, int]) -> None:
    root, found = parse(text)
    assert found[0] == finding
    assert root is None


def test_the_end_of_a_block_is_after_its_last_entry_and_of_a_flow_its_bracket() -> None:
    root, _ = parse("a:\n  b: |\n    text\n\n  # comment\nc: {d: 1,\n  e: 2}\n")
    assert isinstance(root, Mapping)
    block, flow = root.entries["a"], root.entries["c"]
    assert isinstance(block, Mapping)
    assert isinstance(flow, Mapping)
    assert (flow.is_flow, flow.end) == (True, Place("a.yaml", 7, 7))
    assert (block.is_flow, block.end.column) == (False, 1)


def test_kinds_are_said_in_json_s_words() -> None:
    nodes = [Scalar(Place("", 1, 1), "", value) for value in (None, True, 1, 1.5, "x")]
    assert [kind_of(one) for one in nodes] == ["null", "boolean", "integer", "number", "string"]
    assert text_of(nodes[2]) is None


@settings(max_examples=300, deadline=None, database=None)
@given(binary(max_size=200) | text(max_size=200).map(lambda one: one.encode("utf-8", "surrogatepass")))
def test_no_bytes_at_all_make_it_raise(data: bytes) -> None:
    findings = Findings()
    assert parse_yaml("a.yaml", data, findings) is not None or len(findings)

"""YAML becomes nodes with places, or findings with places; nothing a file contains raises."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis.strategies import binary, text

from codegen.diagnostics import Findings, Place
from codegen.parse.yaml_tree import OF_CONTRACTS, Mapping, Node, Scalar, Sequence, kind_of, parse_yaml, plain, text_of


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


def repeating(text: str, most: int = 1000) -> tuple[object, list[tuple[str, str]]]:
    """The plain data of a file in which aliases are read, and the findings."""
    findings = Findings()
    root = parse_yaml("a.yaml", text.encode(), findings, (*OF_CONTRACTS[:3], most))
    return None if root is None else plain(root), [(one.rule, one.message) for one in findings]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n", {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}),
        ("a: &x text\nb: *x\n", {"a": "text", "b": "text"}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("a: &x {b: 1, c: 2}\nd: {c: 3, <<: *x}\n", {"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}),
        ("a: &x {b: 1}\nc: &y {b: 2, e: 3}\nd:\n  <<: [*x, *y]\n  f: 4\n", {"a": {"b": 1}, "c": {"b": 2, "e": 3}, "d": {"f": 4, "b": 1, "e": 3}}),
        ("a: &x {b: 1}\nc: &y {<<: *x, d: 2}\ne: {<<: *y}\n", {"a": {"b": 1}, "c": {"d": 2, "b": 1}, "e": {"d": 2, "b": 1}}),
        ("a: {<<: {b: 1}}\n", {"a": {"b": 1}}),
        ("a: {'<<': 1}\n", {"a": {"<<": 1}}),
    ],
)  # fmt: skip
def test_aliases_and_merge_keys_are_read_where_a_reader_takes_them(text: str, value: object) -> None:
    """A mapping's own members stay, whichever stands first; of several merged the first counts."""
    assert repeating(text) == (value, [])


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a: &a [1, 2, 3]\nb: [" + "*a, " * 300 + "]\n", ("Y001", "the file's aliases repeat more than 1,000 nodes: *a alone stands for 4")),
        ("a: &a [" + "[" * 40 + "]" * 40 + "]\nb: " + "[" * 30 + "*a" + "]" * 30 + "\n", ("Y008", "nesting is deeper than 64")),
        ("a: &a {}\nb: {<<: *a, <<: *a}\n", ("Y010", "the key '<<' stands twice")),
        ("a: {<<: 5}\n", ("Y005", "<< is integer, which has no members")),
        ("a: &a b\n*a : c\n", ("Y009", "a key must be text")),
    ],
)  # fmt: skip
def test_aliases_have_bounds(text: str, finding: tuple[str, str]) -> None:
    assert repeating(text) == (None, [finding])


def test_a_bomb_of_aliases_ends_at_once() -> None:
    """A billion laughs: nine lines that stand for a thousand million nodes."""
    lines = ["a0: &a0 [lol, lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    began = process_time()
    value, found = repeating("\n".join(lines), 500_000)
    assert value is None
    assert [rule for rule, _ in found] == ["Y001"]
    assert process_time() - began < 2.0

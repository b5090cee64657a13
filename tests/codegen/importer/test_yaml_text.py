"""What is printed is read again as it was, in the style of specs/."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.diagnostics import Findings
from codegen.importer.yaml_text import WIDTH, document, text
from codegen.parse.yaml_tree import parse_yaml, plain

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=200),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(min_size=1, max_size=12), inner, max_size=4)), max_leaves=12
)  # fmt: skip


def read_back(printed: str) -> Any:
    findings = Findings()
    tree = parse_yaml("x.yaml", printed.encode("utf-8", "surrogatepass"), findings)
    assert tree is not None, f"{findings.render({})}{printed}"
    return plain(tree)


@given(
    st.dictionaries(st.text(min_size=1, max_size=20).filter(lambda key: key != "<<"), VALUES, min_size=1, max_size=5)
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_everything_is_read_again_by_the_compiler(data: dict[str, Any]) -> None:
    if "<<" not in str(data):
        assert read_back(document(data)) == data


@pytest.mark.parametrize(
    ("value", "written"),
    [("Pet", "Pet"), ("yes", "'yes'"), ("1.0", "'1.0'"), ("1.0.11", "1.0.11"), ("desk@shelter.example", "desk@shelter.example"),
     ("https://a.example/x", "https://a.example/x"), ("a: b", "'a: b'"), ("it's", "it's"), ("'", "''''"), ("", "''"), ("a\nb", '"a\\nb"')],
)  # fmt: skip
def test_a_text_is_plain_where_it_can_be(value: str, written: str) -> None:
    assert text(value) == written
    assert yaml.safe_load(f"[{written}]") == [value]


def test_short_things_stand_on_a_line_records_are_blocks_and_long_texts_are_folded() -> None:
    said = "Everything that there is to say about a pet, " * 4
    schema = {
        "type": "object",
        "required": ["id"],
        "description": said.strip(),
        "properties": {"id": {"type": "string", "maxLength": 10}},
    }
    printed = document({"Pet": schema, "/pets/{id}": {"$ref": "http/pets.yaml#/single"}, "notes": "one\n\ntwo"})
    assert "    id: {type: string, maxLength: 10}\n" in printed
    assert "  description: >-\n" in printed
    assert "/pets/{id}: {$ref: 'http/pets.yaml#/single'}\n" in printed
    assert "notes: |-\n  one\n\n  two\n" in printed
    assert max(map(len, printed.splitlines())) <= WIDTH

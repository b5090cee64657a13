"""Whole lines go, with the comment right above them, and no line of anything else."""

from __future__ import annotations

import pytest

from codegen.diagnostics import Findings, Refused
from codegen.parse.yaml_tree import Mapping, parse_yaml
from codegen.remove.cuts import Cut, declaration, entry, without

TEXT = """# The head of the file.
first:
  a: 1

# Of the second.
second:
  b: {c: 2}
  d: [1,
    2]

# Of the third.
third: 3
"""


def tree(text: str) -> Mapping:
    found = parse_yaml("x.yaml", text.encode(), Findings())
    assert isinstance(found, Mapping)
    return found


@pytest.mark.parametrize(
    ("key", "left"),
    [
        ("first", "# The head of the file.\n\n# Of the second.\nsecond:\n  b: {c: 2}\n  d: [1,\n    2]\n\n# Of the third.\nthird: 3\n"),
        ("second", "# The head of the file.\nfirst:\n  a: 1\n\n# Of the third.\nthird: 3\n"),
        ("third", "# The head of the file.\nfirst:\n  a: 1\n\n# Of the second.\nsecond:\n  b: {c: 2}\n  d: [1,\n    2]\n"),
    ],
)  # fmt: skip
def test_an_entry_goes_with_its_comment(key: str, left: str) -> None:
    assert without({"x.yaml": TEXT}, [entry(tree(TEXT), key)]) == {"x.yaml": left}


def test_an_entry_in_braces_is_refused() -> None:
    second = tree(TEXT).entries["second"]
    assert isinstance(second, Mapping)
    braces = second.entries["b"]
    assert isinstance(braces, Mapping)
    with pytest.raises(Refused, match="by hand"):
        entry(braces, "c")


def test_a_declaration_ends_with_its_brace_or_its_semicolon() -> None:
    text = "message A {\n  enum B {\n    X = 0; // {\n  }\n}\nrpc C(D)\n  returns (E);\nrpc F(D) returns (E) { option x = 1; }\n"
    assert declaration("x.proto", text, 1) == Cut("x.proto", 1, 5)
    assert declaration("x.proto", text, 6) == Cut("x.proto", 6, 7)
    assert declaration("x.proto", text, 8) == Cut("x.proto", 8, 8)

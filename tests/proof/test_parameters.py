"""Templates match as OpenAPI says, and texts become the values that they write, or stay texts."""

from __future__ import annotations

import pytest

from codegen.ir.types import Bool, Enum, Float, Int, Named, String, Type
from proof.parameters import order, pattern, typed

DEFINITIONS = {"Level": Enum("Level", (("one", 1), ("two", 2)))}


def test_a_template_names_its_variables() -> None:
    route, names = pattern("/a.b/{thing-id}/x{n}")
    found = route.fullmatch("/a.b/7/x8")
    assert found is not None
    assert dict(zip(names, found.groups(), strict=True)) == {"thing-id": "7", "n": "8"}
    assert route.fullmatch("/a-b/7/x8") is None
    assert route.fullmatch("/a.b/7/8/x8") is None


def test_fixed_text_that_begins_earlier_goes_first() -> None:
    paths = ["/{x}/b", "/a/{x}/c", "/a/b/{y}", "/a/b/c"]
    assert sorted(paths, key=order) == ["/a/b/c", "/a/b/{y}", "/a/{x}/c", "/{x}/b"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Int(64, -(2**63), 2**63 - 1), "7", 7),
        (Int(64, -(2**63), 2**63 - 1), "1_000", "1_000"),
        (Int(64, -(2**63), 2**63 - 1), "07", "07"),
        (Float(), "1.5e3", 1500.0),
        (Float(), "nan", "nan"),
        (Bool(), "true", True),
        (Bool(), "True", "True"),
        (Named("Level"), "2", 2),
        (String(), "7", "7"),
    ],
)
def test_what_is_no_such_value_stays_text(kind: Type, text: str, value: object) -> None:
    assert typed(DEFINITIONS, kind, text) == value
    assert type(typed(DEFINITIONS, kind, text)) is type(value)

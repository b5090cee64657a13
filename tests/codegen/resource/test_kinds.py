"""What a type of a field is, in the contract and in PostgreSQL."""

from __future__ import annotations

import pytest

from codegen.ir.patterns import matches
from codegen.resource import kinds
from codegen.resource.fields import Fields


@pytest.mark.parametrize("name", kinds.SYNTAX)
def test_each_type_can_be_written_as_it_is_shown(name: str) -> None:
    spelled = kinds.SYNTAX[name].split(" or ")
    read = Fields(" ".join(f"field_{index}:{one}" for index, one in enumerate(spelled)))
    assert (len(read.found), read.faults) == (len(spelled), [])


def test_an_integer_has_the_smallest_width_that_holds_its_bounds() -> None:
    assert (kinds.integer(1, 10).schema["format"], kinds.integer(1, 10).column) == ("int32", "Integer")
    assert (kinds.integer().schema["format"], kinds.integer(0, 2**31).column) == ("int64", "BigInteger")


def test_samples_are_inside_of_the_bounds() -> None:
    for low, high in ((1, 10), (-5, -3), (7, 7), (0, 1)):
        assert all(low <= int(one) <= high for one in kinds.integer(low, high).samples)
    assert kinds.string(3).samples == ('"fir"', '"sec"')


def test_bytes_are_counted_before_base64() -> None:
    assert [kinds.binary(length).schema["maxLength"] for length in (1, 3, 4, 3000)] == ["4", "4", "8", "4000"]


def test_members_that_yaml_reads_otherwise_are_quoted() -> None:
    assert kinds.enum(("yes", "open")).schema["enum"] == "['yes', open]"


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        (kinds.EMAIL, "ann@example.com", "ann example.com"),
        (kinds.URL, "https://example.com/a?b", "javascript:alert(1)"),
    ],
)
def test_forms_of_text_are_what_every_target_reads(pattern: str, right: str, wrong: str) -> None:
    assert matches(pattern, right)
    assert not matches(pattern, wrong)

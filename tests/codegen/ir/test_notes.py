"""What is said to readers is no part of what two fields are compared by."""

from __future__ import annotations

from codegen.ir.notes import Example, Notes
from codegen.ir.types import Bool, Field


def test_fields_that_say_something_else_to_readers_are_one_field() -> None:
    said = Notes((Example(True),), deprecated=True)
    assert Field("a", Bool(), True, notes=said) == Field("a", Bool(), True)


def test_the_values_of_examples_are_in_their_order() -> None:
    assert Notes((Example([1]), Example(None))).values == [[1], None]

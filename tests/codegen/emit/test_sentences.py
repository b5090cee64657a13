"""What documentation says of a field in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codegen.emit.sentences import bounded_sentences, bounds, deprecation, examples, note_sentences, sentence, sentences
from codegen.ir.notes import Example, ExternalDocs, Notes
from codegen.ir.types import INT32, Bool, Bytes, Field, Float, Int, ListOf, MapOf, Shape, String, Text, Type


@pytest.mark.parametrize(
    ("kind", "phrase"),
    [
        (Bool(), ""), (String(), ""), (String(1, 200), "1 to 200 characters"), (String(0, 1), "at most 1 character"),
        (String(1), "at least 1 character"), (String(3, 3), "exactly 3 characters"), (String(const="a"), ""),
        (Int(32, *INT32), ""), (Int(32, 1, INT32[1]), "at least 1"), (Int(64, 1, 9, 3), "1 to 9, a multiple of 3"),
        (Float(0.0, 1.0), "0 to 1"), (Float(exclusive_minimum=0.0, maximum=1.5), "more than 0, at most 1.5"),
        (Text("decimal", "0.01", Shape(0, 9)), "at most 9 characters, a multiple of 0.01"), (Bytes(8), "at most 6 bytes"),
        (ListOf(Bool(), 1, 3, True), "1 to 3 items, all different"), (MapOf(Bool(), 2), "at most 2 entries"),
    ],
)  # fmt: skip
def test_bounds_are_one_short_phrase(kind: Type, phrase: str) -> None:
    assert bounds(kind) == phrase


def test_a_field_says_all_that_the_contract_says_of_it() -> None:
    said = Notes((Example("ä"), Example("x" * 200)), deprecated=True, external_docs=ExternalDocs("https://a.b", "More"))
    one = Field("a", String(1, 2), True, description="A name", notes=said)
    noted = ["Deprecated.", 'Example: "ä"', "See https://a.b More"]
    assert note_sentences(said) == noted
    assert sentences(one) == ["A name.", *noted]
    assert bounded_sentences(one) == ["A name.", "1 to 2 characters.", *noted]
    assert examples(said) == ['"ä"']


def test_a_collection_says_what_each_of_its_values_is() -> None:
    said = Notes((Example(1),), external_docs=ExternalDocs("https://a.b"))
    one = Field("a", ListOf(Bool()), True, description="All", each="A flag", each_notes=said)
    told = ["Each item: A flag.", "Example of an item: 1", "See https://a.b"]
    assert sentences(one) == ["All.", *told]
    assert sentences(replace(one, type=MapOf(Bool())))[1:3] == ["Each value: A flag.", "Example of a value: 1"]


def test_a_sentence_ends_and_a_deprecation_says_its_day() -> None:
    assert (sentence(" a \n b"), sentence("a!"), sentence(" ")) == (["a b."], ["a!"], [])
    assert deprecation("2030-01-01") == "Deprecated, and may be gone from 2030-01-01 on."

"""A type is spelled strictly for what comes in, plainly for what goes out, and a default as a value of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.emit.printer import Module
from codegen.emit.python_types import input_type, is_tag, literal, output_type, text_reader
from codegen.ir.types import Bool, Bytes, DateTime, Duration, Float, Int, ListOf, MapOf, Named, String, Text, Type
from tests.codegen.contracts import contract_of, shipped


@pytest.mark.parametrize(
    ("kind", "outgoing", "incoming"),
    [
        (Bool(), "bool", "bool"),
        (Int(32, 1, 9), "int", "Annotated[int, Field(ge=1, le=9)]"),
        (Float(), "float", "Annotated[float, Field(allow_inf_nan=False)]"),
        (String(1, 9, "^a$"), "str", 'Annotated[str, Field(min_length=1, max_length=9, pattern="^a$")]'),
        (String(const="x"), 'Literal["x"]', 'Literal["x"]'),
        (Text("date"), "date", "Day"),
        (DateTime(), "datetime", "Moment"),
        (Duration(), "timedelta", "Span"),
        (Bytes(8), "bytes", "Annotated[Base64, Field(max_length=6)]"),
        (ListOf(Bool(), 1), "list[bool]", "Annotated[list[bool], Field(min_length=1)]"),
        (MapOf(Bool()), "dict[str, bool]", "dict[str, bool]"),
        (Named("Author"), "Author", "Author"),
    ],
)
def test_the_spellings(kind: Type, outgoing: str, incoming: str) -> None:
    module = Module("a.py", "Doc.")
    assert (output_type(module, kind), input_type(module, shipped(), kind)) == (outgoing, incoming)


def test_text_without_a_pattern_has_no_nul() -> None:
    assert "x00" in input_type(Module("a.py", "Doc."), shipped(), String())


@pytest.mark.parametrize(
    ("kind", "value", "expression"),
    [
        (String(), "a", '"a"'), (Float(), 1, "1.0"), (Text("decimal"), "1.50", "Decimal('1.50')"),
        (DateTime(), "2024-01-01T01:00:00+01:00", 'datetime.fromisoformat("2024-01-01T00:00:00+00:00")'),
        (Duration(), "PT90S", "timedelta(seconds=90.0)"), (Named("AuditDoor"), "http", "AuditDoor('http')"),
        (ListOf(String()), ["a"], '["a"]'),
    ],
)  # fmt: skip
def test_a_default_is_an_expression_of_its_type(kind: Type, value: object, expression: str) -> None:
    assert literal(Module("a.py", "Doc."), shipped(), kind, value) == expression


def test_only_the_constant_that_tells_arms_apart_is_a_tag(tmp_path: Path) -> None:
    contract = contract_of("p17_union", tmp_path)
    circle = contract.record("Circle")
    assert [one.name for one in circle.fields if is_tag(contract, circle, one)] == ["kind"]


def test_a_query_s_text_is_read_by_its_type() -> None:
    kinds: list[Type] = [Int(64, 0, 1), Float(), Bool(), String(), Named("AuditDoor")]
    assert [text_reader(shipped(), kind) for kind in kinds] == ["int", "float", "bool", "text", "text"]

"""A type is spelled strictly for what comes in, plainly for what goes out, and a default as a value of it."""

from __future__ import annotations

import runpy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from codegen.emit.printer import Module
from codegen.emit.python_types import input_type, is_tag, literal, output_type, text_reader
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Shape,
    String,
    Text,
    Type,
)
from tests.codegen.contracts import contract_of, shipped


@pytest.mark.parametrize(
    ("kind", "outgoing", "incoming"),
    [
        (Bool(), "bool", "bool"),
        (Int(32, 1, 9), "int", "Annotated[int, Field(ge=1, le=9)]"),
        (Float(), "float", "Annotated[float, Field(allow_inf_nan=False)]"),
        (Float(0.0, 1.5), "float", "Annotated[float, Field(ge=0.0, le=1.5, allow_inf_nan=False)]"),
        (Int(32, 0, 9, 3), "int", "Annotated[int, Field(ge=0, le=9, multiple_of=3)]"),
        (Float(None, None, 0.0, 1.0), "float", "Annotated[float, Field(gt=0.0, lt=1.0, allow_inf_nan=False)]"),
        (Float(multiple_of=0.1), "float", 'Annotated[Annotated[float, Field(allow_inf_nan=False)], MultipleOf("0.1")]'),
        (Text("decimal", "0.01"), "Decimal", 'Annotated[DecimalText, MultipleOf("0.01")]'),
        (Text("date", shape=Shape(0, 10, r"^\d")), "date", 'Annotated[Day, Shaped(max_length=10, pattern="^[0-9]")]'),
        (DateTime(Shape(20)), "datetime", "Annotated[Moment, Shaped(min_length=20, is_value=True)]"),
        (
            String(1, 9, "^a$", form="uri"),
            "str",
            'Annotated[Annotated[str, Field(min_length=1, max_length=9, pattern="^a$")], Form("uri")]',
        ),
        (ListOf(Bool(), unique_items=True), "list[bool]", "Annotated[list[bool], AllDifferent()]"),
        (String(1, 9, "^a$"), "str", 'Annotated[str, Field(min_length=1, max_length=9, pattern="^a$")]'),
        (String(const="x"), 'Literal["x"]', 'Literal["x"]'),
        (Text("date"), "date", "Day"),
        (DateTime(), "datetime", "Moment"),
        (Duration(), "timedelta", "Span"),
        (Bytes(8), "bytes", "Annotated[Base64, Field(max_length=6)]"),
        (ListOf(Bool(), 1), "list[bool]", "Annotated[list[bool], Field(min_length=1)]"),
        (MapOf(Bool()), "dict[str, bool]", "dict[str, bool]"),
        (Named("Artist"), "Artist", "Artist"),
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


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Int(32, 0, 9), 0, 0),
        (Bool(), False, False),
        (String(), "it's \"odd\" \\ \0", "it's \"odd\" \\ \0"),
        (Bytes(), "AP8Q", b"\x00\xff\x10"),
        (Text("date"), "2024-02-29", date(2024, 2, 29)),
        (Text("uuid"), "0f8fad5b-d9cb-469f-a165-70867728950e", UUID("0f8fad5b-d9cb-469f-a165-70867728950e")),
        (Text("decimal"), "0.10", Decimal("0.10")),
        (DateTime(), "2024-01-01T01:00:00.000001+01:00", datetime(2024, 1, 1, 0, 0, 0, 1, UTC)),
        (Duration(), "P1DT0.5S", timedelta(days=1, milliseconds=500)),
        (Float(), 2, 2.0),
        (ListOf(Text("date")), ["2024-02-29"], [date(2024, 2, 29)]),
        (MapOf(ListOf(Bytes())), {"ä'\"": ["AAE="]}, {"ä'\"": [b"\x00\x01"]}),
        (MapOf(Bool()), {}, {}),
    ],
)  # fmt: skip
def test_a_default_is_the_value_that_its_type_reads(
    kind: Type, value: object, expected: object, tmp_path: Path
) -> None:
    module = Module("a.py", "Doc.")
    module.line(f"value = {literal(module, shipped(), kind, value)}")
    path = tmp_path / "a.py"
    path.write_bytes(module.file().data)
    found = runpy.run_path(str(path))["value"]
    assert (found, type(found)) == (expected, type(expected))


def test_a_name_that_a_field_takes_is_spelled_otherwise() -> None:
    module = Module("a.py", "Doc.", frozenset({"date", "list", "int", "Annotated"}))
    assert output_type(module, ListOf(Text("date"))) == "list_[date_]"
    assert input_type(module, shipped(), Int(32, 0, 1)) == "Annotated_[int_, Field(ge=0, le=1)]"


def test_bounds_are_of_the_whole_and_of_its_parts() -> None:
    kind = MapOf(ListOf(Int(32, 0, 1), 0, 3), 2)
    expected = "dict[str, Annotated[list[Annotated[int, Field(ge=0, le=1)]], Field(max_length=3)]]"
    assert input_type(Module("a.py", "Doc."), shipped(), kind) == f"Annotated[{expected}, Field(max_length=2)]"


def test_only_the_constant_that_tells_arms_apart_is_a_tag(tmp_path: Path) -> None:
    contract = contract_of("p17_union", tmp_path)
    circle = contract.record("Circle")
    assert [one.name for one in circle.fields if is_tag(contract, circle, one)] == ["kind"]


def test_a_numbered_member_is_read_as_a_number(tmp_path: Path) -> None:
    contract = contract_of("p14_enum_int", tmp_path)
    assert text_reader(contract, Named("Level")) == "int"


def test_a_query_s_text_is_read_by_its_type() -> None:
    kinds: list[Type] = [Int(64, 0, 1), Float(), Bool(), String(), Named("AuditDoor")]
    assert [text_reader(shipped(), kind) for kind in kinds] == ["int", "float", "bool", "text", "text"]

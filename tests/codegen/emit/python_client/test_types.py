"""What comes is open for what a newer contract adds; what a caller writes is closed."""

from __future__ import annotations

import pytest

from codegen.emit.printer import Module
from codegen.emit.python_client.types import attribute, default, given, received
from codegen.ir.types import Bytes, Enum, Field, Int, ListOf, MapOf, Named, Record, String, Text, Type
from tests.codegen.contracts import shipped

NAMED = Named("AuditOutcome")


@pytest.mark.parametrize(
    ("kind", "received_as", "given_as"),
    [
        (Int(64, 0, 5), "int", "int"),
        (Bytes(), "Base64", "bytes"),
        (Text("decimal"), "Decimal", "Decimal"),
        (String(const="a"), 'Literal["a"]', 'Literal["a"]'),
        (ListOf(Text("uuid")), "list[UUID]", "Sequence[UUID]"),
        (MapOf(String()), "dict[str, str]", "Mapping[str, str]"),
        (Named("Artist"), "Artist", "models.Artist"),
        (
            NAMED,
            'Annotated[AuditOutcome | str, Field(union_mode="left_to_right")]',
            'models.AuditOutcome | Literal["success", "denied", "error"]',
        ),
    ],
)
def test_spellings(kind: Type, received_as: str, given_as: str) -> None:
    module = Module("x.py", "X.")
    assert received(module, shipped(), kind) == received_as
    assert given(module, shipped(), kind) == given_as


def field(kind: Type, required: bool, value: object = ...) -> Field:
    return Field("x", kind, required, has_default=value is not ..., default=None if value is ... else value)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (field(Int(32, 0, 5), True), None),
        (field(Int(32, 0, 5), False), "None"),
        (field(Int(32, 0, 5), False, 3), "3"),
        (field(String(const="a"), True), '"a"'),
        (field(NAMED, False, "denied"), "AuditOutcome('denied')"),
        (field(ListOf(String()), False, []), "Field(default_factory=list)"),
        (field(ListOf(String()), False, ["a"]), 'Field(default_factory=lambda: list[str](["a"]))'),
        (field(MapOf(String()), False, {}), "Field(default_factory=dict)"),
    ],
)
def test_what_an_absent_field_is(one: Field, expected: str | None) -> None:
    assert default(Module("x.py", "X."), shipped(), one) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("json", "json_"), ("copy", "copy_"), ("model_config", "model_config_"), ("name", "name")]
)
def test_a_field_hides_nothing_of_its_model(name: str, expected: str) -> None:
    assert attribute(name) == expected


def test_the_case_is_what_it_seems() -> None:
    assert isinstance(shipped().definitions["AuditOutcome"], Enum)
    assert isinstance(shipped().definitions["Artist"], Record)

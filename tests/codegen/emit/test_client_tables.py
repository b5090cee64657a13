"""What a client is driven by: names, numbers and kinds of fields, enums and unions, and where an operation is in HTTP."""

from __future__ import annotations

from codegen.emit.client_tables import Reference, Tables, binding, told
from codegen.ir.operations import Operation
from codegen.ir.types import Enum
from tests.codegen.contracts import shipped


def operation(name: str) -> Operation:
    return next(one for one in shipped().operations if one.name == name)


def test_a_row_names_a_type_and_the_number_of_its_field() -> None:
    rows = Tables(shipped()).rows(shipped().record("ArtistPage"))
    assert rows[0] == {"name": "items", "no": 1, "kind": Reference("Artist", is_enum=False), "many": "list"}


def test_an_enum_of_texts_has_protobuf_s_numbers() -> None:
    enum = shipped().definitions["AuditOutcome"]
    assert isinstance(enum, Enum)
    assert Tables(shipped()).members(enum) == {"success": 1, "denied": 2, "error": 3}


def test_a_binding_says_which_field_travels_where() -> None:
    found = operation("update_artist")
    assert found.http is not None
    row = binding(found, found.http)
    assert (row["verb"], row["path"], row["body"]) == ("PUT", "/api/artists/{artist_id}", True)
    assert row["parameters"] == [
        {"field": "artist_id", "carrier": "artist_id", "location": "path"},
        {"field": "expected_version", "carrier": "If-Match", "location": "header", "etag": True},
    ]


def test_what_has_no_value_is_left_out() -> None:
    assert told({"a": None, "b": 0, "c": ""}) == {"b": 0, "c": ""}

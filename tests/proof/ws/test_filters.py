"""Names with filters are drawn and judged as the document says them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proof.documents import DocumentError
from proof.values import Values
from proof.ws.contract import read_socket
from proof.ws.filters import Field, admits, fault_of, names, read_filters, wrong_names
from tests.proof.ws.test_contract import OURS

KINDS: dict[str, Any] = {"Kind": {"type": "string", "enum": ["note", "to/do"]}}
DOCUMENT: dict[str, Any] = {"components": {"schemas": KINDS}}
TOLD = {
    "things": {
        "thing.kind": {"at": "/thing/kind", "schema": {"$ref": "#/components/schemas/Kind"}},
        "thing.level": {"at": "/thing/the level", "schema": {"type": "integer", "minimum": 0, "maximum": 5}},
        "thing.done": {"at": "/thing/done", "schema": {"type": "boolean"}},
        "thing.key": {"at": "/thing/key", "schema": {"type": "string", "format": "uuid"}},
        "thing.name": {"at": "/thing/name", "schema": {"type": "string", "maxLength": 5}},
    }
}
FILTERS = read_filters(DOCUMENT, TOLD)
DATA = {"thing": {"kind": "to/do", "the level": 3, "done": False, "key": "x", "name": "ü"}}
VALUES = Values({"components": {}})


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("things", True), ("things?thing.kind=to%2Fdo&thing.level=0", True), ("things?thing.done=true", True), ("things?thing.name=%C3%BC", True),
        ("things?thing.key=00000000-0000-0000-0000-00000000000a", True), ("things?thing.key=0", False), ("things?", False), ("things?thing.level=6", False),
        ("things?thing.level=00", False), ("things?thing.kind=red", False), ("things?thing.done=0", False), ("things?thing.name=sixsix", False),
        ("things?thing.name=%FF", False), ("things?thing.name=ü", False), ("others?thing.kind=note", False),
        ("things?" + "&".join(["thing.level=0"] * 32), True), ("things?" + "&".join(["thing.level=0"] * 33), False),
    ],
)  # fmt: skip
def test_a_name_is_right_where_the_document_has_its_fields_and_values(name: str, is_right: bool) -> None:
    assert (fault_of(FILTERS, name) == "") is is_right


@pytest.mark.parametrize(
    ("name", "is_admitted"),
    [
        ("things", True), ("things?thing.kind=note", False), ("things?thing.kind=note&thing.kind=to/do", True), ("things?thing.level=3&thing.done=false", True),
        ("things?thing.level=3&thing.done=true", False), ("things?thing.name=%C3%BC", True),
    ],
)  # fmt: skip
def test_an_event_is_let_through_by_its_values(name: str, is_admitted: bool) -> None:
    assert admits(FILTERS, name, DATA) is is_admitted


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_drawn_is_right_or_has_its_fault_and_values_of_a_request_are_taken(data: st.DataObject) -> None:
    assert fault_of(FILTERS, data.draw(names(FILTERS, VALUES, "things"))) == ""
    wrong = data.draw(wrong_names(FILTERS, "things"))
    assert fault_of(FILTERS, wrong)
    told = data.draw(names({"things": {"thing.level": FILTERS["things"]["thing.level"]}}, VALUES, "things", DATA))
    assert told in ("things", *("things?" + "&".join(["thing.level=3"] * count) for count in (1, 2, 3)))


def test_our_document_s_channel_has_them_and_what_is_none_is_said() -> None:
    assert read_socket(OURS).filters["artists"]["artist.id"].at == "/artist/id"
    assert Field("/a", {}) == read_filters({}, {"t": {"a": {"at": "/a", "schema": {}}}})["t"]["a"]
    channels = OURS["channels"]
    broken = OURS | {"channels": {"web": channels["web"] | {"x-filters": {"artists": {"artist.id": {"schema": {}}}}}}}
    with pytest.raises(DocumentError, match="x-filters"):
        read_socket(broken)

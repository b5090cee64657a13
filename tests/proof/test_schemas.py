"""Schemas of requests are closed, and those of results have the form of a frame."""

from __future__ import annotations

import pytest

from proof.schemas import Schemas
from proof.values import Values
from tests.codegen.contracts import shipped

CONTRACT = shipped()
SCHEMAS = Schemas(CONTRACT)
VALUES = Values(SCHEMAS.document)
OPERATIONS = {one.name: one for one in CONTRACT.operations}


@pytest.mark.parametrize(
    ("fields", "fits"), [({"name": "Ann"}, True), ({}, False), ({"name": ""}, False), ({"name": "Ann", "b": 1}, False)]
)
def test_a_request_is_its_fields_and_no_more(fields: dict[str, object], fits: bool) -> None:
    assert VALUES.is_valid(SCHEMAS.request(OPERATIONS["create_artist"]), fields) == fits


def test_a_result_is_a_record_a_page_or_nothing() -> None:
    assert SCHEMAS.result(OPERATIONS["get_artist"]) == {"$ref": "#/components/schemas/Artist"}
    assert SCHEMAS.result(OPERATIONS["get_artists"]) == {"$ref": "#/components/schemas/ArtistList"}
    assert SCHEMAS.result(OPERATIONS["delete_artist"]) == {"type": "null"}

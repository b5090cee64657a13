"""What comes in is strict, closed and frozen."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from generated.models import CreateAuthorRequest, GetPaginatedAuthorsRequest
from tests.codegen.contracts import shipped_files


def test_there_is_a_model_for_every_operation() -> None:
    text = shipped_files()["models.py"]
    assert text.count("Request(Request):") == 15


@pytest.mark.parametrize(
    "data",
    [
        b'{"name":"x","extra":1}',
        b'{"name":1}',
        b'{"name":"x","born_on":"86400"}',
        b'{"name":"x","born_on":0}',
        b"{}",
        b"[]",
    ],
)
def test_what_the_schema_refuses_the_model_refuses(data: bytes) -> None:
    with pytest.raises(ValidationError):
        CreateAuthorRequest.model_validate_json(data)


def test_absent_is_the_default_or_none_and_null_is_refused_where_it_is_not_allowed() -> None:
    empty = GetPaginatedAuthorsRequest.model_validate_json(b"{}")
    assert (empty.page, empty.per_page, empty.name) == (1, 20, None)
    with pytest.raises(ValidationError):
        GetPaginatedAuthorsRequest.model_validate_json(b'{"name":null}')
    assert CreateAuthorRequest.model_validate_json(b'{"name":"x","bio":null}').bio is None


def test_a_request_cannot_be_changed() -> None:
    request = CreateAuthorRequest(name="x")
    with pytest.raises(ValidationError):
        request.name = "y"  # type: ignore[misc]  # that is the point

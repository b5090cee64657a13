"""Paths that a table of whole segments can serve."""

from __future__ import annotations

import pytest

from codegen.importer.paths import route_of, shape_of


@pytest.mark.parametrize(
    ("path", "route"),
    [("/pets/{id}", "/pets/{id}"), ("/", "/"), ("/reports/{id}.json", "/reports/{id}"), ("/jobs/{id}:cancel", "/jobs/{id}/cancel"),
     ("/compare/{a}...{b}", "/compare/{a}/{b}"), ("/files/{name}.{ext}", "/files/{name}/{ext}"), ("/pets?beta=true", "/pets"),
     ("/pets/{id}/{id}", ""), ("/<upload>", ""), ("/a/../b", ""), ("pets", "")],
)  # fmt: skip
def test_each_parameter_is_a_segment_of_its_own(path: str, route: str) -> None:
    assert route_of(path) == route


def test_two_routes_that_no_request_tells_apart_have_one_shape() -> None:
    assert shape_of("/pets/{id}/toys") == shape_of("/pets/{pet_id}/toys")

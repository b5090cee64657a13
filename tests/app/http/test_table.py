"""The route table finds static paths and parameters, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from app.http.table import RouteTable
from generated.http_routes import ROUTES


def test_a_static_path_answers_every_verb_of_the_path() -> None:
    match = RouteTable(ROUTES).find("/api/artists")
    assert match is not None
    assert sorted(match.verbs) == ["GET", "POST"]


def test_a_static_path_wins_over_a_parameter() -> None:
    match = RouteTable(ROUTES).find("/api/artists/paginated")
    assert match is not None
    assert match.verbs["GET"].operation.name == "get_paginated_artists"
    assert match.values == ()


def test_a_parameter_is_decoded_within_its_segment() -> None:
    match = RouteTable(ROUTES).find("/api/artists/4%2F2")
    assert match is not None
    assert match.values == ("4/2",)
    assert sorted(match.verbs) == ["DELETE", "GET", "PUT"]


def test_what_the_contract_does_not_name_is_not_found() -> None:
    table = RouteTable(ROUTES)
    assert [table.find(path) for path in ("/", "", "/api", "/api/artists/", "/api/artists/1/x")] == [None] * 5


def test_where_a_fixed_segment_leads_nowhere_a_parameter_is_tried() -> None:
    """OpenAPI 3.1, Path Templating: templated paths that differ in a fixed segment are different paths."""
    one, other = (route for route in ROUTES if route.operation.name in ("get_artist", "get_audit_log"))
    table = RouteTable([replace(one, path="/a/{x}/c/d"), replace(other, path="/a/b/{y}")])
    found = {path: table.find(path) for path in ("/a/b/c/d", "/a/b/c", "/a/z/c/d", "/a/b/c/e", "/a//c/d")}
    values = {path: match.values if match else None for path, match in found.items()}
    assert values == {"/a/b/c/d": ("b",), "/a/b/c": ("c",), "/a/z/c/d": ("z",), "/a/b/c/e": None, "/a//c/d": None}

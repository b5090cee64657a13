"""Each HTTP operation has one binding with what its path, query and headers carry."""

from __future__ import annotations

from codegen.emit.http_routes import created_location
from generated.http_routes import ROUTES
from tests.codegen.contracts import shipped


def test_a_binding_knows_its_carriers() -> None:
    routes = {one.operation.name: one for one in ROUTES}
    update = routes["update_author"]
    assert (update.verb, update.path, update.status, update.etag) == ("PUT", "/api/authors/{author_id}", 200, "version")
    assert [one.field for one in update.path_parameters] == ["author_id"]
    assert [(one.field, one.carrier) for one in update.header_parameters] == [("expected_version", "If-Match")]
    assert update.has_body
    assert not routes["get_authors"].has_body


def test_a_created_resource_says_where_it_is_read() -> None:
    create = next(one for one in shipped().operations if one.name == "create_author")
    assert create.http
    assert created_location(shipped(), create.http) == ("/api/authors/", "id")


def test_there_is_one_for_every_http_operation() -> None:
    assert {one.operation.name for one in ROUTES} == {one.name for one in shipped().operations if one.http}

"""Links arrive with the names that operations, parameters and members have here; what leads nowhere is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.importer.importer import Imported
from tests.codegen.importer.documents import answers, imported, openapi, said
from tests.codegen.importer.test_importer import contract_of

ROBOT = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "bay": {"type": "object", "properties": {"id": {"type": "string"}}}},
}
REF = {"$ref": "#/components/schemas/Robot"}
ID = {"name": "robotId", "in": "path", "required": True, "schema": {"type": "string"}}


def robots(folder: Path, link: Any, schema: Any = REF, **components: Any) -> Imported:
    """Three operations, the first of which answers with a link."""
    created = answers(schema)["200"]
    get = {
        "operationId": "getRobot",
        "parameters": [ID, {"name": "withBay", "in": "query", "schema": {"type": "boolean"}}],
        "responses": answers(REF),
    }
    paths = {
        "/robots": {"post": {"operationId": "createRobot", "requestBody": {"required": True, "content": {"application/json": {"schema": REF}}},
                             "responses": {"200": {**created, "links": {"Next": link}}}}},
        "/robots/{robotId}": {"get": get, "head": {"operationId": "headRobot", "responses": answers(REF)}},
    }  # fmt: skip
    return imported(folder, openapi(paths, {"Robot": ROBOT}, components=components))


def link_of(found: Imported) -> Any:
    operation = yaml.safe_load(found.files["http/robots.yaml"])["collection"]["post"]
    return operation["responses"]["200"].get("links", {}).get("Next")


@pytest.mark.parametrize(
    ("link", "here"),
    [
        ({"operationId": "getRobot", "parameters": {"robotId": "$response.body#/id"}, "description": "It."},
         {"operationId": "get_robot", "parameters": {"robot_id": "$response.body#/id"}, "description": "It."}),
        ({"operationId": "getRobot", "parameters": {"path.robotId": "{$response.body#/bay/id}", "withBay": True}},
         {"operationId": "get_robot", "parameters": {"path.robot_id": "{$response.body#/bay/id}", "withBay": True}}),
        ({"operationRef": "#/paths/~1robots~1{robotId}/get", "parameters": {"robotId": "$request.body#/id"}},
         {"operationId": "get_robot", "parameters": {"robot_id": "$request.body#/id"}}),
        ({"$ref": "#/components/links/ToIt"}, {"operationId": "get_robot", "parameters": {"robot_id": "$response.body#/id"}}),
    ],
)  # fmt: skip
def test_a_link_leads_to_the_operation_under_its_name_here(tmp_path: Path, link: Any, here: Any) -> None:
    named = {"ToIt": {"operationId": "getRobot", "parameters": {"robotId": "$response.body#/id"}}}
    found = robots(tmp_path, link, links=named)
    assert link_of(found) == here
    contract = contract_of(found, tmp_path)
    (source,) = [one for one in contract.operations if one.name == "create_robot"]
    assert source.http is not None
    assert source.http.links == {"Next": here}


def test_a_link_goes_through_the_record_around_a_list(tmp_path: Path) -> None:
    found = robots(
        tmp_path,
        {"operationId": "getRobot", "parameters": {"robotId": "$response.body#/0/id"}},
        {"type": "array", "items": REF},
    )
    assert link_of(found)["parameters"] == {"robot_id": "$response.body#/items/0/id"}
    contract_of(found, tmp_path)


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ({"operationId": "scrapRobot"}, "the link 'Next' of POST /robots is left out: it leads to no operation that arrived"),
        ({"operationId": "headRobot"}, "the link 'Next' of POST /robots is left out: it leads to no operation that arrived"),
        ({"operationRef": "https://example.org/api.yaml#/paths/~1x/get"}, "it leads to no operation that arrived"),
        ({"operationId": "getRobot", "parameters": {"robot": "$response.body#/id"}}, "gives 'robot', which get_robot does not take; it is left out"),
        ({"operationId": "getRobot", "parameters": {"robotId": "$response.body#/serial"}}, "takes '$response.body#/serial', which there is not; it is left out"),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_named_and_its_operation_stays(tmp_path: Path, link: Any, message: str) -> None:
    found = robots(tmp_path, link)
    assert link_of(found) is None
    assert any(message in one for one in said(found.losses)), said(found.losses)
    assert found.losses.arrived == 2
    contract_of(found, tmp_path)

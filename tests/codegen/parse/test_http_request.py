"""Parameters and body become the fields of one flat record; what has no form in its carrier is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.parse.http_request import listed_parameters, read_body, read_parameters
from tests.codegen.parse.http_parts import found, part

THING = "{name: thing_id, in: path, required: true, schema: {type: integer, format: int64}}"


@pytest.mark.parametrize(
    ("parameters", "carriers"),
    [
        (THING, {"thing_id": "path"}),
        ("{name: tag, in: query, required: true, schema: {type: array, items: {type: string}}}", {"tag": "query"}),
        ("{name: X-Tenant, in: header, required: true, schema: {type: string}}", {"x_tenant": "header"}),
        ("{name: X-Tenant, in: header, required: true, x-field: tenant, schema: {type: string}}", {"tenant": "header"}),
        ("{name: q, in: query, style: form, explode: true, required: true, schema: {type: boolean}}", {"q": "query"}),
        (
            "{name: how, in: query, schema: {allOf: [{type: string, maxLength: 3}], default: red, description: Of it}}",
            {"how": "query"},
        ),
        (
            "{name: f, in: query, schema: {type: object, required: [a], properties: {a: {type: string}}}}",
            {"a": "query"},
        ),
    ],
)
def test_a_parameter_is_a_field(tmp_path: Path, parameters: str, carriers: dict[str, str]) -> None:
    sources, operation, node = part(tmp_path, f"parameters: [{parameters}]")
    path = "/things/{thing_id}" if "path" in carriers.values() else "/things"
    read = read_parameters(sources, operation, path, listed_parameters(sources, node))
    assert found(sources) == []
    assert {one.field: one.location for one in read} == carriers
    assert set(operation.fields) == set(carriers)


@pytest.mark.parametrize(
    ("parameters", "rule"),
    [
        ("{name: a, in: cookie, schema: {type: string}}", "O009"),
        ("{name: a, in: query}", "O009"),
        ("{in: query, schema: {type: string}}", "O009"),
        ("{name: a, in: query, required: true, schema: {type: object, additionalProperties: {type: string}}}", "O009"),
        ("{name: a, in: query, style: deepObject, required: true, schema: {type: string}}", "O009"),
        ("{name: a, in: query, allowReserved: true, required: true, schema: {type: string}}", "O003"),
        ("{name: If-Match, in: header, schema: {type: string}}", "O010"),
        ("{name: a, in: path, required: true, schema: {type: string}}", "O008"),
        (f"{THING}, {THING.replace('path', 'query')}", "O011"),
        ("{name: a, in: query, required: 'true', schema: {type: string}}", "O009"),
        ("5", "O009"),
    ],
)
def test_a_parameter_without_one_meaning_is_a_finding(tmp_path: Path, parameters: str, rule: str) -> None:
    sources, operation, node = part(tmp_path, f"parameters: [{parameters}]")
    read_parameters(sources, operation, "/things", listed_parameters(sources, node))
    assert rule in {one.rule for one in sources.findings}


def test_the_fields_of_the_body_are_named_apart_from_those_of_the_address(tmp_path: Path) -> None:
    body = "{type: object, required: [name], properties: {name: {type: string}}}"
    sources, operation, node = part(tmp_path, f"requestBody: {{content: {{application/json: {{schema: {body}}}}}}}")
    assert read_body(sources, operation, node).fields == ("name",)
    assert found(sources) == []


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        (THING.replace(" required: true,", ""), "O008 the path parameter 'thing_id' of get_thing is not required"),
        (THING.replace("true", "false"), "O008 the path parameter 'thing_id' of get_thing is not required"),
        (
            "{name: thing_id, in: path, required: true, schema: {type: array, items: {type: string}}}",
            "O009 get_thing.thing_id has no form in a path",
        ),
    ],
)
def test_a_part_of_the_path_is_one_value_that_is_always_there(tmp_path: Path, parameter: str, message: str) -> None:
    sources, operation, node = part(tmp_path, f"parameters: [{parameter}]")
    read_parameters(sources, operation, "/things/{thing_id}", listed_parameters(sources, node))
    assert message in [f"{one.rule} {one.message}" for one in sources.findings]


@pytest.mark.parametrize(("required", "rules"), [("true", set()), ("false", {"O012"}), ("maybe", {"O012"})])
def test_a_body_may_not_be_left_out(tmp_path: Path, required: str, rules: set[str]) -> None:
    schema = "{type: object, properties: {name: {type: string}}}"
    text = f"requestBody: {{required: {required}, content: {{application/json: {{schema: {schema}}}}}}}"
    sources, operation, node = part(tmp_path, text)
    read_body(sources, operation, node)
    assert {one.rule for one in sources.findings} == rules


ID = "{name: thingId, in: query, required: true, schema: {type: string}}"


@pytest.mark.parametrize(
    ("first", "second", "names", "said"),
    [
        (ID, ID.replace("thingId", "thing_id"), ["thingId"], "'thingId' and 'thing_id' of get_thing are both called 'thing_id' in code"),
        (ID, ID.replace("in: query", "in: query, x-field: other_id"), ["thingId", "other_id"], ""),
        (ID, ID.replace("thingId, in: query", "other, in: query, x-field: thing_id"), ["thingId"], "'thingId' and 'thing_id'"),
        (ID.replace("thingId", "class, x-field: kind"), ID, ["kind", "thingId"], ""),
        (ID, ID, ["thingId"], "get_thing has the field 'thingId' in two carriers"),
    ],
)  # fmt: skip
def test_a_request_has_each_name_once_in_json_and_in_code(
    tmp_path: Path, first: str, second: str, names: list[str], said: str
) -> None:
    """`x-field` is what the request calls the parameter, so that a body may have the parameter's own name."""
    sources, operation, node = part(tmp_path, f"parameters: [{first}, {second}]")
    read = read_parameters(sources, operation, "/things", listed_parameters(sources, node))
    assert [one.carrier for one in read] == [text.split("name: ")[1].split(",")[0] for text in (first, second)]
    assert [one.member for one in operation.fields.values()] == names
    assert ([one.message for one in sources.findings] or [""])[0].startswith(said)
    assert bool(sources.findings) is bool(said)

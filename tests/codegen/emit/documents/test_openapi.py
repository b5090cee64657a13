"""The expanded OpenAPI says what the sources need not: errors, both media types, headers, parameters."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codegen.emit.documents import openapi
from codegen.ir.operations import Contract
from tests.codegen.contracts import contract_of, edited, shipped, shipped_files


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shipped_files()["specs/openapi.json"])
    return found


def emitted(contract: Contract) -> dict[str, Any]:
    (file,) = openapi.emit(contract)
    found: dict[str, Any] = json.loads(file.data)
    return found


def test_each_field_of_a_query_says_its_type_and_whether_it_is_needed(tmp_path: Path) -> None:
    contract = contract_of("p25_query_parameters", tmp_path)
    (path,) = emitted(contract)["paths"].values()
    parameters = {one["name"]: one for one in path["get"]["parameters"]}
    assert {one["required"] for one in parameters.values()} == {False}
    ids = {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1}
    assert parameters["ids"]["schema"] == {"type": "array", "items": ids, "default": [], "uniqueItems": False}
    assert parameters["colour"]["schema"] == {"$ref": "#/components/schemas/Colour"}
    assert parameters["page"]["schema"]["default"] == 1


def test_a_list_of_a_query_says_whether_its_items_differ(tmp_path: Path) -> None:
    ids = "ids: {type: array, items: {type: integer, format: int64}"
    unique = ("schemas/things.yaml", ids, f"{ids}, uniqueItems: true")
    loaded = edited(tmp_path, unique, case="p25_query_parameters")
    (path,) = emitted(loaded.contract)["paths"].values()
    parameters = {one["name"]: one for one in path["get"]["parameters"]}
    assert [parameters[name]["schema"]["uniqueItems"] for name in ("ids", "colours")] == [True, False]


def test_if_match_is_a_list_of_entity_tags_and_names_its_field(tmp_path: Path) -> None:
    (path,) = emitted(contract_of("p38_version_headers", tmp_path))["paths"].values()
    given = {one["name"]: one for one in path["post"]["parameters"]}
    schema = given["If-Match"].pop("schema")
    assert given["If-Match"] == {
        "name": "If-Match", "in": "header", "required": False, "x-field": "expected_version",
    }  # fmt: skip
    for text, fits in (
        ("*", True), ('"3"', True), ('W/"3", "x"', True), ("3", False), ("", False), ('*, "3"', False), ('"a" "b"', False),
        (", ".join(['"3"'] * 16), True), (", ".join(['"3"'] * 17), False),
    ):  # fmt: skip
        assert (re.search(schema["pattern"], text) is not None) is fits, text
    assert given["thing_id"]["required"] is True
    assert path["post"]["responses"]["200"]["headers"]["ETag"]["x-field"] == "version"
    assert "304" not in path["post"]["responses"]


def test_a_read_with_an_entity_tag_may_be_asked_for_again_in_vain() -> None:
    operations = [one for item in document()["paths"].values() for one in item.values()]
    conditional = [one["operationId"] for one in operations if "304" in one["responses"]]
    assert conditional == ["get_artist"]
    get = document()["paths"]["/api/artists/{artist_id}"]["get"]
    parameters = {one["name"]: one["schema"] for one in get["parameters"] if "name" in one}
    assert parameters["If-None-Match"] == {"type": "string"}, (
        "what is no list of tags is as none, so every text is valid"
    )
    assert set(get["responses"]["304"]) == {"description", "headers"}
    assert set(get["responses"]["304"]["headers"]) == set(get["responses"]["200"]["headers"])


def test_a_contract_s_own_if_none_match_stands_alone(tmp_path: Path) -> None:
    own = "      - {name: If-None-Match, in: header, schema: {type: string, maxLength: 100}}\n"
    loaded = edited(
        tmp_path,
        (
            "http/artists.yaml",
            "  get:\n    operationId: get_artist\n",
            "  get:\n    operationId: get_artist\n    parameters:\n" + own,
        ),
    )
    http = next(one.http for one in loaded.contract.operations if one.name == "get_artist")
    names = [one.carrier for one in http.parameters] if http else []
    assert names.count("If-None-Match") == 1
    get = emitted(loaded.contract)["paths"]["/api/artists/{artist_id}"]["get"]
    assert [one["name"] for one in get["parameters"]].count("If-None-Match") == 1


@pytest.mark.parametrize(("case", "has_key"), [("p36_words", True), ("p17_union", False)])
def test_only_an_operation_with_a_key_takes_and_answers_its_headers(tmp_path: Path, case: str, has_key: bool) -> None:
    (path,) = emitted(contract_of(case, tmp_path))["paths"].values()
    (success,) = (one for status, one in path["post"]["responses"].items() if status.startswith("2"))
    assert ("Idempotency-Key" in [one["name"] for one in path["post"].get("parameters", [])]) is has_key
    assert ("Idempotent-Replayed" in success["headers"]) is has_key


def test_a_bucket_a_public_door_and_no_content_are_seen(tmp_path: Path) -> None:
    limited = emitted(contract_of("p29_no_content", tmp_path / "a"))["paths"]
    (path,) = limited.values()
    (status, success) = next(iter(path["delete"]["responses"].items()))
    assert (status, "content" in success, "RateLimit" in success["headers"]) == ("204", False, True)
    contract = contract_of("p32_public", tmp_path / "b")
    free = replace(contract, operations=(replace(contract.operations[0], bucket=None, deprecated=True),))
    (path,) = emitted(free)["paths"].values()
    (operation,) = path.values()
    assert (operation["security"], operation["x-rate-limit"], operation["deprecated"]) == ([], "none", True)
    assert "RateLimit" not in operation["responses"]["200"]["headers"]


def test_codes_of_one_status_are_one_response(tmp_path: Path) -> None:
    (path,) = emitted(contract_of("p36_words", tmp_path))["paths"].values()
    conflict = path["post"]["responses"]["409"]["description"]
    assert "thing_taken" in conflict
    assert "request_in_progress" in conflict
    assert "Retry-After" in path["post"]["responses"]["503"]["headers"]


def test_every_error_that_an_operation_may_answer_is_declared() -> None:
    for one in shipped().operations:
        if one.http:
            responses = document()["paths"][one.http.path][one.http.method.lower()]["responses"]
            statuses = {str(error.status) for error in shipped().errors if error.code in one.errors}
            assert statuses <= set(responses), one.name


def test_a_body_is_json_or_protobuf() -> None:
    post = document()["paths"]["/api/artists"]["post"]
    both = {"application/json", "application/x-protobuf", "application/protobuf"}
    assert set(post["requestBody"]["content"]) == both
    assert set(post["responses"]["201"]["content"]) == both
    assert {"Accept", "Accept-Encoding"} <= set(post["responses"]["415"]["headers"])


def test_a_query_record_is_single_parameters() -> None:
    names = {
        one["name"]
        for one in document()["paths"]["/api/artists/paginated"]["get"]["parameters"]
        if one.get("in") == "query"
    }
    assert names == {"page", "per_page", "cursor", "id", "name"}


def test_only_headers_that_an_answer_has_are_components(tmp_path: Path) -> None:
    found = emitted(contract_of("p17_union", tmp_path))
    declared, used = found["components"]["headers"], json.dumps(found["paths"])
    assert declared
    assert [name for name in declared if f'"#/components/headers/{name}"' not in used] == []


def test_what_is_said_to_readers_is_served(tmp_path: Path) -> None:
    found = emitted(contract_of("p80_annotations", tmp_path))
    assert found["externalDocs"] == {"url": "https://example.org/case", "description": "The whole of it."}
    assert [one["name"] for one in found["tags"]] == ["things", "Kept things"]
    send, find = found["paths"]["/things"]["post"], found["paths"]["/things"]["get"]
    assert send["tags"] == ["Kept things", "things"]
    assert find["tags"] == ["things"]
    assert send["externalDocs"] == {"url": "https://example.org/send", "description": "How to send."}
    body = send["requestBody"]["content"]["application/json"]["schema"]
    assert [one["name"] for one in body["examples"]] == ['Bob */ "quoted"', "Eve"]
    answer = send["responses"]["200"]["content"]["application/json"]
    assert answer["examples"] == {"example_1": {"value": {"name": "Ada", "shape": {"kind": "circle"}}}}
    name, count = find["parameters"]
    assert name["deprecated"] is True
    assert count["schema"] == {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "examples": [3]}


def test_a_schema_has_its_annotations(tmp_path: Path) -> None:
    schemas = emitted(contract_of("p80_annotations", tmp_path))["components"]["schemas"]
    thing, old = schemas["Thing"], schemas["Thing"]["properties"]["old"]
    assert thing["deprecated"] is True
    assert thing["externalDocs"] == {"url": "https://example.org/things", "description": "All of it."}
    assert thing["examples"][0]["count"] == 3
    assert (old["deprecated"], old["x-sunset"], old["description"]) == (True, "2030-01-01", "It was.")
    assert thing["properties"]["part"]["deprecated"] is True
    assert schemas["Level"]["examples"] == ["low"]
    assert schemas["Shape"]["externalDocs"] == {"url": "https://example.org/shapes"}

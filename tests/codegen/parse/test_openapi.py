"""OpenAPI is read strictly: what is not read is refused where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

HTTP = "http/artists.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("openapi.yaml", "openapi: 3.1.0", "openapi: 3.0.3", "O001"),
        (HTTP, "operationId: create_artist", "operationId: createArtist", "O004"),
        (HTTP, "    security: [{bearer: [create-artist]}]\n", "", "O006"),
        (HTTP, "operationId: create_artist", "operationId: get_artists", "O005"),
        (HTTP, "'201':", "'203':", "O013"),
        (HTTP, "content: {application/json:", "content: {text/plain:", "O012"),
    ],
)
def test_an_operation_that_is_not_read_is_a_finding(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new)))


def test_all_findings_of_a_file_come_at_once(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        (HTTP, "operationId: create_artist", "operationId: createArtist"),
        (HTTP, "security: [{bearer: [get-artists]}]", "security: [{bearer: [nobody-knows]}]"),
        ("schemas/system.yaml", "type: object", "type: thing"),
    )
    assert {"O004", "V008", "S003"} <= rules(loaded)


PING = "    operationId: ping\n"
CREATED = "'201':\n        description: Done."
HEADER = "{x-field: version, schema: {type: integer, format: int64}}"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("openapi.yaml", "/things/{thing_id}:", "'/things/t-{thing_id}.json':", "O008"),
        ("openapi.yaml", "/things/{thing_id}:", "'/things/{thing_id}/{thing_id}':", "O008"),
        ("openapi.yaml", "/things/{thing_id}:", "'/things/{thing_id}{thing_id}':", "O008"),
        ("openapi.yaml", "/ping:", "'/pöng':", "O008"),
        ("openapi.yaml", "/ping:", "'/ping?a=1':", "O008"),
        ("openapi.yaml", "/ping:", "'/a//ping':", "O008"),
        ("openapi.yaml", "/ping:", "'/../ping':", "O008"),
        ("openapi.yaml", "openapi: 3.1.0", "openapi: 3.10.0", "O001"),
        ("http/things.yaml", PING, PING + "    deprecated: 'true'\n", "F003"),
        ("http/things.yaml", PING, PING + "    description: [a]\n", "F003"),
        ("http/things.yaml", PING, PING + "    parameters: [{name: Accept, in: header, schema: {type: string}}]\n", "O010"),
        ("http/things.yaml", PING, PING + "    parameters: [{name: 'a:b', x-field: c, in: header, schema: {type: string}}]\n", "O010"),
        ("http/things.yaml", PING, PING + "    parameters: [{name: model_config, in: query, schema: {type: string}}]\n", "S018"),
        ("http/things.yaml", CREATED, f"{CREATED}\n        headers: {{'A: b': {HEADER}}}", "O010"),
        ("http/things.yaml", CREATED, f"{CREATED}\n        headers: {{Content-Type: {HEADER}}}", "O010"),
        ("http/things.yaml", CREATED, f"{CREATED}\n        headers: [a]", "F003"),
        ("http/things.yaml", CREATED, f"{CREATED}\n        links: [a]", "F003"),
    ],
)  # fmt: skip
def test_what_would_be_served_wrongly_or_not_at_all_is_refused(
    tmp_path: Path, file: str, old: str, new: str, rule: str
) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new), case="p51_everything"))


@pytest.mark.parametrize("path", ["/ping/", "/things/all:ping", "/v1.2/~me/a-b_c"])
def test_a_path_of_plain_segments_is_read(tmp_path: Path, path: str) -> None:
    assert rules(edited(tmp_path, ("openapi.yaml", "/ping:", f"'{path}':"), case="p51_everything")) == set()

"""Every success has the same content, which is the result; a header carries a field of it that cannot break a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.parse.http_responses import read_success
from tests.codegen.parse.http_parts import found, part

SCHEMA = """\
Thing:
  type: object
  required: [id, name]
  properties: {id: {type: integer, format: int64}, name: {type: string}, note: {type: string}}
Things:
  type: object
  required: [items]
  properties: {items: {type: array, items: {$ref: '#/Thing'}}}
"""


def content(name: str) -> str:
    return f"content: {{application/json: {{schema: {{$ref: '../schemas/things.yaml#/{name}'}}}}}}"


def thing(*more: str) -> str:
    return "{" + ", ".join(("description: d", content("Thing"), *more)) + "}"


@pytest.mark.parametrize(
    ("responses", "statuses", "record"),
    [
        (f"{{'200': {thing()}}}", [200], "Thing"),
        (f"{{'201': {thing()}, '200': {thing()}}}", [201, 200], "Thing"),
        ("{'204': {description: none}}", [204], None),
        (f"{{'202': {thing('headers: {X-Id: {x-field: id, schema: {type: integer}}}')}}}", [202], "Thing"),
    ],
)
def test_the_first_status_written_is_the_usual_one(
    tmp_path: Path, responses: str, statuses: list[int], record: str | None
) -> None:
    sources, operation, node = part(with_schemas(tmp_path), f"responses: {responses}")
    assert list(read_success(sources, operation, node).descriptions) == statuses
    assert found(sources) == []
    assert operation.result.record == record


def test_a_record_of_items_alone_is_a_list(tmp_path: Path) -> None:
    text = f"responses: {{'200': {{description: d, {content('Things')}}}}}"
    sources, operation, node = part(with_schemas(tmp_path), text)
    read_success(sources, operation, node)
    assert (operation.result.is_list, operation.result.has_meta) == (True, False)


@pytest.mark.parametrize(
    ("responses", "rule"),
    [
        ("{}", "O013"),
        ("{'404': {description: d}}", "O013"),
        ("{default: {description: d}}", "O013"),
        (f"{{'204': {thing()}}}", "O014"),
        ("{'200': {description: d}}", "O014"),
        (f"{{'200': {thing()}, '201': {{description: d, {content('Things')}}}}}", "O014"),
        (f"{{'200': {thing('headers: {X-Name: {x-field: name, schema: {type: string}}}')}}}", "O010"),
        (f"{{'200': {thing('headers: {X-Note: {schema: {type: string}}}')}}}", "O010"),
        (f"{{'200': {thing('callbacks: {}')}}}", "O003"),
        (f"{{'200': {thing('links: [a]')}}}", "F003"),
        (f"{{'200': {thing('links: {a: text}')}}}", "O003"),
        (f"{{'200': {thing('links: {a: {operationId: b, parameters: null}}')}}}", "O003"),
        (f"{{'200': {thing('links: {a: {operationId: b, parameters: [c]}}')}}}", "O003"),
    ],
)
def test_an_answer_that_not_every_door_can_give_is_a_finding(tmp_path: Path, responses: str, rule: str) -> None:
    sources, operation, node = part(with_schemas(tmp_path), f"responses: {responses}")
    read_success(sources, operation, node)
    assert rule in {one.rule for one in sources.findings}


def with_schemas(folder: Path) -> Path:
    path = folder / "specs" / "schemas" / "things.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(SCHEMA)
    return folder

"""Documents are read with their places, from local files alone; everything that keeps them from being read is said at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from codegen.diagnostics import Findings
from codegen.importer import sources
from codegen.importer.importer import import_documents
from codegen.importer.nodes import mapping, text
from codegen.importer.sources import Library
from tests.codegen.contracts import SHIPPED
from tests.codegen.importer.documents import openapi


def findings_of(folder: Path, **files: str) -> list[tuple[str, str]]:
    findings = Findings()
    for name, body in files.items():
        (folder / f"{name}.yaml").write_text(body)
    Library(findings).read([str(folder / f"{name}.yaml") for name in files])
    return [(one.rule, one.message.replace(str(folder), "…")) for one in findings]


@pytest.mark.parametrize(
    ("body", "rule", "message"),
    [
        ("swagger: '2.0'\n", "I001", "this is Swagger '2.0'"),
        ("openapi: 2.0.0\n", "I001", "this is openapi '2.0.0'"),
        ("asyncapi: 1.2.0\n", "I001", "this is asyncapi '1.2.0'"),
        ("name: x\n", "I001", "this is neither OpenAPI nor AsyncAPI"),
        ("[1, 2]\n", "I001", "the document is array"),
        ("a: *b\n", "Y003", "the alias *b repeats nothing: no anchor &b stands before it"),
        ("a: &a [*a]\n", "Y005", "the alias *a stands in what it repeats"),
        ("a: &a [x]\nb: {<<: *a}\n", "Y005", "<< is string, which has no members"),
        ("a: [\n", "Y003", "this is not YAML: did not find expected node content"),
        ("", "Y004", "the file is empty"),
        ("openapi: 3.1.0\nx: {$ref: 'gone.yaml#/a'}\n", "I002", "there is no file '…/gone.yaml'"),
        (
            'openapi: 3.1.0\nx: {$ref: "a\\0b.yaml"}\n',
            "I002",
            "the file '…/a\\x00b.yaml' cannot be read: its name is none, or links in a circle",
        ),
        ("openapi: 3.1.0\nx: {$ref: '/etc/passwd'}\n", "I002", "'/etc/passwd' is outside of the documents' folders"),
    ],
)
def test_what_cannot_be_read_is_a_finding(tmp_path: Path, body: str, rule: str, message: str) -> None:
    assert findings_of(tmp_path, api=body) == [(rule, message)]


def test_all_documents_are_judged_in_one_run(tmp_path: Path) -> None:
    assert [rule for rule, _ in findings_of(tmp_path, a="swagger: '2.0'\n", b="x: [\n", c="openapi: 3.1.0\nx: {$ref: d.yaml}\n")] == [
        "I001", "Y003", "I002",
    ]  # fmt: skip


def test_a_file_of_100_mb_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    findings = Findings()
    library = Library(findings)
    assert library.read([str(path)]) == []
    assert [one.rule for one in findings] == ["Y001"]
    assert len(library.sources[str(path)]) == 0
    assert sources.LIMITS[0] < 100_000_000


def test_a_reference_to_the_network_is_not_followed_and_leads_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(json.dumps(openapi(schemas={"A": {"$ref": "http://127.0.0.1:9/a.yaml"}})))
    findings = Findings()
    library = Library(findings)
    (source,) = library.read([str(tmp_path / "api.json")])
    assert not len(findings)
    assert library.resolve(mapping(source.root, "components", "schemas", "A")) is None


def test_references_reach_other_files_and_end_where_they_run_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "pet.yaml").write_text(
        "Pet: {title: A pet, again: {$ref: '#/Pet'}}\nloop: {$ref: '#/loop'}\n"
    )
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.0.3\npet: {$ref: 'parts/pet.yaml#/Pet'}\nloop: {$ref: 'parts/pet.yaml#/loop'}\n"
    )
    findings = Findings()
    library = Library(findings)
    (source,) = library.read([str(tmp_path / "api.yaml")])
    pet = library.resolve(source.root.get("pet"))
    assert text(pet, "title") == "A pet"
    assert pet is library.resolve(mapping(pet, "again"))
    assert library.resolve(source.root.get("loop")) is None


def test_a_part_that_is_named_with_its_document_is_no_fault(tmp_path: Path) -> None:
    assert findings_of(tmp_path, api="openapi: 3.1.0\nx: {$ref: part.yaml}\n", part="title: x\n") == []


def test_json_escapes_of_two_surrogates_are_one_character(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text('{"openapi": "3.1.0", "info": {"title": "\\ud83d\\udce6 \\u00e9 \\/"}}')
    (source,) = Library(Findings()).read([str(path)])
    assert text(source.root, "info", "title") == "📦 é /"


ANCHORED = """
openapi: 3.0.3
info: {title: Robots, version: '1'}
x-common:
  error: &error {description: No., content: {application/json: {schema: {type: object}}}}
  paged: &paged
    - {name: limit, in: query, schema: {type: integer, format: int32, minimum: 1}}
  stamp: &stamp {createdAt: {type: string, format: date-time}}
paths:
  /robots:
    get:
      tags: [robots]
      operationId: listRobots
      parameters: *paged
      responses:
        '200': {description: All., content: {application/json: {schema: {$ref: '#/components/schemas/Robot'}}}}
        '404': *error
  /bays:
    get:
      tags: [robots]
      operationId: listBays
      parameters: *paged
      responses:
        '200': {description: All., content: {application/json: {schema: {$ref: '#/components/schemas/Bay'}}}}
        '404': *error
components:
  schemas:
    Robot:
      type: object
      required: [id]
      properties: {<<: *stamp, id: {type: integer, format: int64, nullable: true, minimum: 0, exclusiveMinimum: true}}
    Bay:
      type: object
      properties: {<<: *stamp, place: &place {type: object, properties: {row: {type: integer}}}, former: *place}
"""


def test_anchors_aliases_and_merge_keys_mean_what_they_stand_for(tmp_path: Path) -> None:
    """A schema that is repeated is one type; one that is merged stands in each."""
    (tmp_path / "api.yaml").write_text(ANCHORED)
    found = import_documents([str(tmp_path / "api.yaml")], SHIPPED)
    assert not len(found.findings), found.findings.render({})
    assert not found.left
    schemas = yaml.safe_load(found.files["schemas/robots.yaml"])
    assert {name: list(one["properties"]) for name, one in schemas.items()} == {
        "Robot": ["id", "createdAt"],
        "Bay": ["place", "former", "createdAt"],
        "BayPlace": ["row"],
    }
    assert schemas["Bay"]["properties"]["former"] == {"$ref": "#/BayPlace"}
    assert schemas["Robot"]["properties"]["id"] == {
        "type": ["integer", "null"],
        "format": "int64",
        "minimum": 1,
    }
    assert (found.losses.arrived, found.losses.total) == (2, 2)

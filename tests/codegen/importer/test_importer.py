"""Documents in the styles that are common out there become contracts that compile, and nothing of them is lost without a word."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import output
from codegen.importer import carried
from codegen.importer.importer import Imported, import_documents
from codegen.importer.paths import route_of, shape_of
from codegen.importer.target import write
from codegen.ir.operations import Contract
from codegen.ir.types import Record
from codegen.parse.openapi import METHODS
from codegen.pipeline import build, load
from tests.codegen import imported as imported_code
from tests.codegen.contracts import ROOT, SHIPPED
from tests.codegen.importer.documents import CORPUS, answers, imported, openapi
from tests.codegen.importer.vendor import RESOURCES, vendor_document

DOCUMENTS = ("pets.yaml", "shop.fastapi31.json", "tasks.fastapi30.yaml", "orders.springdoc30.json", "billing.nswag30.json",
             "library31/openapi.yaml", "deliveries.yaml", "chat.yaml", "stocks.asyncapi30.yaml", "vendor.json",
             "boats.rswag30.yaml", "hospital.fastapi31.json", "robots.swashbuckle30.json", "fleet.asyncapi26.yaml",
             "payments.vendor30.yaml", "orders.pydantic31.json", "cluster.kubernetes30.yaml", "lights.asyncapi30.yaml")  # fmt: skip
SOCKETS = ("chat.yaml", "stocks.asyncapi30.yaml", "fleet.asyncapi26.yaml", "lights.asyncapi30.yaml")
SHARE = 0.9
HTTP = (*METHODS, "head", "options", "trace")
LOSSY = {
    "uniqueItems",
    "multipleOf",
    "minProperties",
    "patternProperties",
    "prefixItems",
    "if",
    "then",
    "not",
    "readOnly",
    "writeOnly",
}
SHORT = 9
"""Resources of the vendor's document in tests that are not long."""


@lru_cache
def vendor(count: int = SHORT) -> str:
    """The vendor's document is made, and not kept."""
    path = ROOT / ".stele" / f"vendor{count}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(vendor_document(count), indent=1))
    return str(path)


def file_of(name: str) -> str:
    return vendor() if name == "vendor.json" else str(CORPUS / name)


@lru_cache
def of(name: str) -> Imported:
    return import_documents([file_of(name)], SHIPPED)


def contract_of(found: Imported, folder: Path) -> Contract:
    assert not found.left
    write(folder / "specs", found.files)
    loaded = load(folder / "specs")
    assert not len(loaded.findings), loaded.report()
    return loaded.contract


def parts(name: str) -> Iterator[Any]:
    """The plain data of a document and of the files beside it."""
    first = Path(file_of(name))
    others = sorted(first.parent.rglob("*.yaml")) if "/" in name else [first]
    yield from (yaml.safe_load(path.read_text()) for path in dict.fromkeys([first, *others]))


def messages(found: Imported) -> str:
    return "\n".join(one.message for one in found.losses.findings)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nine_of_ten_operations_arrive_and_the_contract_compiles(tmp_path: Path, name: str) -> None:
    found = of(name)
    assert found.losses.total >= 9
    assert found.losses.arrived >= SHARE * found.losses.total
    contract = contract_of(found, tmp_path)
    features = [one.feature for one in contract.operations] + [one.feature for one in contract.events]
    product = [one for one in features if one not in ("auth", "audit_log", "system")]
    assert len(product) == found.losses.arrived


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_generated_code_is_imported(tmp_path: Path, name: str) -> None:
    output.publish(tmp_path / "generated", build(contract_of(of(name), tmp_path)))
    command = [sys.executable, str(imported_code.__file__)]
    done = subprocess.run(
        command,
        input="{}",
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "{}"), done.stderr


@pytest.mark.parametrize("name", DOCUMENTS)
def test_importing_twice_is_byte_for_byte_the_same(name: str) -> None:
    first, second = of(name), import_documents([file_of(name)], SHIPPED)
    assert first.files == second.files
    assert first.losses.render("json", first.sources) == second.losses.render("json", second.sources)


@pytest.mark.parametrize("name", [one for one in DOCUMENTS if one not in SOCKETS])
def test_every_operation_is_in_the_contract_or_in_the_report(tmp_path: Path, name: str) -> None:
    found = of(name)
    contract = contract_of(found, tmp_path)
    served = {f"{one.http.method} {shape_of(one.http.path)}" for one in contract.operations if one.http}
    lost = {one.label for one in found.losses.unarrived}
    root = next(parts(name))
    asked = [
        (method.upper(), path) for path, item in root["paths"].items() for method in _item(name, item) if method in HTTP
    ]
    assert len(asked) == found.losses.total
    for method, path in asked:
        label = f"{method} {path}"
        is_served = f"{method} {shape_of(route_of(path))}" in served
        assert f"{label} is left out" in messages(found) if label in lost else is_served, label


def _item(name: str, item: dict[str, Any]) -> dict[str, Any]:
    """A path item, which may stand in another file."""
    if "$ref" not in item:
        return item
    path, _, pointer = item["$ref"].partition("#")
    data: Any = yaml.safe_load((Path(file_of(name)).parent / path).read_text())
    for step in pointer.split("/")[1:]:
        data = data[step]
    assert isinstance(data, dict)
    return data


def members(contract: Contract) -> set[str]:
    """The names in JSON and in queries, as the document has them; of `created[gte]` both parts."""
    records = [one for one in contract.definitions.values() if isinstance(one, Record)]
    fields = [one for record in (*records, *(each.request for each in contract.operations)) for one in record.fields]
    return {one.member for one in fields} | {part for one in fields for part in re.findall(r"[^][]+", one.json)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_property_is_in_the_contract_or_in_the_report(tmp_path: Path, name: str) -> None:
    found = of(name)
    contract = contract_of(found, tmp_path)
    said, here = messages(found), {*contract.names, *members(contract)}
    unused = set(re.findall(r"the schema '([^']*)' is left out", said))
    unused |= set(re.findall(r"the record ([\w.-]+)", said))
    for data in parts(name):
        for owner, key in properties(data, unused):
            assert key in here or re.search(rf"(?<![\w$]){re.escape(key)}(?!\w)", said), f"{owner}.{key}"


def properties(data: Any, unused: set[str], owner: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, list):
        for one in data:
            yield from properties(one, unused, owner)
    if not isinstance(data, dict):
        return
    for key, below in data.items():
        if key in ("example", "examples", "default", "headers", "callbacks", "webhooks") or (
            owner == "schemas" and key in unused
        ):
            continue
        if key == "properties" and isinstance(below, dict):
            yield from ((owner, one) for one in below)
            for name, schema in below.items():
                yield from properties(schema, unused, name)
            continue
        if not (key.isdecimal() and int(key) >= 300) and key not in ("4XX", "securitySchemes"):
            yield from properties(below, unused, key)


@pytest.mark.parametrize("name", [one for one in DOCUMENTS if one != "vendor.json"])
def test_every_keyword_that_is_not_carried_is_named_at_its_place(name: str) -> None:
    found = of(name)
    known = frozenset().union(*carried.KEYWORDS.values(), carried.ANNOTATIONS)
    named = {(one.place.file, one.place.line) for one in found.losses.findings}
    folder = Path(file_of(name)).parent
    for path in sorted(folder.rglob("*.yaml")) if "/" in name else [Path(file_of(name))]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for word in re.findall(r"[{, \"]?\b(\w+)\"?: ", line):
                if word in LOSSY - known:
                    assert (str(path), number) in named, f"{path.name}:{number} {word}"


@pytest.mark.long
def test_a_document_of_hundreds_of_operations_arrives(tmp_path: Path) -> None:
    found = import_documents([vendor(len(RESOURCES))], SHIPPED)
    assert found.losses.total > 400
    assert found.losses.arrived >= SHARE * found.losses.total
    contract_of(found, tmp_path)


def test_several_documents_become_one_contract(tmp_path: Path) -> None:
    found = import_documents([str(CORPUS / "pets.yaml"), str(CORPUS / "chat.yaml")], SHIPPED)
    contract = contract_of(found, tmp_path)
    assert {"pet", "store", "user", "rooms", "presence"} <= set(contract.features) | {
        one.feature for one in contract.events
    }
    assert contract.info.title == "Pet shelter"


def test_the_platform_s_own_operations_come_with_it(tmp_path: Path) -> None:
    contract = contract_of(of("pets.yaml"), tmp_path)
    names = {one.name for one in contract.operations}
    assert {
        "login",
        "refresh",
        "logout",
        "create_ws_ticket",
        "health",
        "livez",
        "readyz",
        "get_audit_logs",
        "get_audit_log",
    } <= names
    assert not {"get_artists", "get_authors"} & names


def test_a_path_and_a_method_of_two_documents_arrive_once(tmp_path: Path) -> None:
    one = openapi(
        {"/things": {"get": {"responses": answers({"type": "object", "properties": {"id": {"type": "string"}}})}}}
    )
    found = imported(tmp_path, one, one)
    assert (found.losses.total, found.losses.arrived) == (2, 1)


def test_a_record_of_the_document_may_be_called_as_one_of_the_platform(tmp_path: Path) -> None:
    schemas = {
        name: {"type": "object", "properties": {"id": {"type": "string"}}}
        for name in ("Problem", "Health", "GetThingsRequest", "ThingsService")
    }
    paths = {f"/things/{name.lower()}": {"get": {"tags": ["things"], "operationId": "get_things" if name == "Problem" else f"get_{name}",
             "responses": answers({"$ref": f"#/components/schemas/{name}"})}} for name in schemas}  # fmt: skip
    contract = contract_of(imported(tmp_path, openapi(paths, schemas)), tmp_path / "x")
    assert {"ProblemRecord", "HealthRecord", "GetThingsRequestRecord", "ThingsServiceRecord"} <= set(
        contract.definitions
    )

"""Pydantic models that datamodel-code-generator makes of the served documents take and refuse what ours do, but for its known laxness."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, seed, settings
from pydantic import TypeAdapter, ValidationError

from codegen.ir.names import pascal
from generated import models
from proof.documents import Json, resolved
from proof.http.openapi import operations
from proof.values import Fault, Values
from tests.contract.generators import installed, run

pytestmark = [
    pytest.mark.xdist_group("generators"),
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:The `MISSING` sentinel is no longer experimental"),
]
"""The generator imports the sentinel from where Pydantic had it first."""
SERVED = Path("generated", "specs")
MODE = (
    *("--output-model-type", "pydantic_v2.BaseModel", "--target-python-version", "3.11", "--formatters", "builtin"),
    *("--strict-types", "int", "float", "bool", "--use-missing-sentinel", "--disable-timestamp"),
)
OF_PATHS = ("--input-file-type", "openapi", "--openapi-scopes", "schemas", "paths", "--use-operation-id-as-name")
OF_SCHEMAS = ("--input-file-type", "jsonschema", "--skip-root-model")
Takes = Callable[[Any], bool]


@dataclass(frozen=True)
class Laxness:
    """What their models take at a fault of `keyword`, though the schema does not, and why."""

    keyword: str
    holds: Callable[[Json, Any], bool]
    reason: str


NUMBER_IS_DATE = Laxness(
    "type",
    lambda schema, value: schema.get("format") in ("date", "date-time") and isinstance(value, int | float),
    "Pydantic reads a number as a moment of Unix time where a date or a moment is due, unless each field is made strict.",
)
NULL_IS_DEFAULT = Laxness(
    "type",
    lambda schema, value: value is None and "default" in schema,
    "The generator makes `T | None` of each field with a default; its sentinel is for fields without one.",
)
NO_URI = Laxness(
    "format",
    lambda schema, value: schema["format"] == "uri-reference",
    "The generator has no type for this format and leaves a text.",
)
LAX = (NUMBER_IS_DATE, NULL_IS_DEFAULT, NO_URI)


@dataclass(frozen=True)
class Pair:
    """One schema, who judges its values for us, and its name among their models."""

    name: str
    document: Json
    schema: Any
    ours: Takes


def takes(kind: Any, **beside: Any) -> Takes:
    """As a body or a frame: JSON. `beside` is what does not come in it."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def judge(value: Any) -> bool:
        whole = value | beside if isinstance(value, dict) else value
        try:
            adapter.validate_json(json.dumps(whole))
        except ValidationError:
            return False
        return True

    return judge


def of_bodies(document: Json) -> Iterator[Pair]:
    """What REST takes; what comes in the path is 1."""
    for one in operations(document):
        content = one.described.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            name = f"{pascal(one.id)}Request"
            inside = {part["name"]: 1 for part in one.described.get("parameters", ()) if part["in"] == "path"}
            ours = takes(getattr(models, name), **inside)
            yield Pair(name, document, content["application/json"]["schema"], ours)


def of_answers(document: Json) -> Iterator[Pair]:
    """What services answer: judged by the schema itself, since we validate none of it again."""
    for name, schema in document["components"]["schemas"].items():
        yield Pair(name, document, schema, Values(document).judge(schema).is_valid)


def of_frames(document: Json) -> Iterator[Pair]:
    """What sockets take."""
    for name in document["operations"]:
        message = document["components"]["messages"].get(f"{name}_request")
        if message is not None:
            schema = message["payload"]["properties"].get("data", True)
            kind = f"{pascal(name)}Request"
            yield Pair(kind, document, schema, takes(getattr(models, kind)))


def imported(place: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(place.stem, place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[place.stem] = module
    spec.loader.exec_module(module)
    return module


def read(name: str) -> Json:
    return dict(json.loads((SERVED / name).read_text()))


def generated_from(pytestconfig: pytest.Config, source: Path, *options: str) -> ModuleType:
    output = source.with_name(f"{source.stem}_models.py")
    places = ("--input", str(source), "--output", str(output))
    run(installed(pytestconfig) / "datamodel-codegen", *places, *options, *MODE)
    return imported(output)


def differences(pair: Pair, theirs: Takes, examples: int) -> tuple[list[str], set[Laxness]]:
    """Values that one takes and the other refuses, valid ones and each with every single fault; and the rows that explain others."""
    values, found, explained = Values(pair.document), list[str](), set[Laxness]()

    @seed(1)
    @settings(max_examples=examples, database=None, deadline=None)
    @given(values.valid(pair.schema))
    def compare(valid: Any) -> None:
        for fault in [Fault("none", "", valid), *values.faults(pair.schema, valid)]:
            is_taken = pair.ours(fault.value)
            if is_taken == theirs(fault.value):
                continue
            row = None if is_taken else laxness(pair, fault)
            if row is None:
                found.append(f"{pair.name}: {'ours' if is_taken else 'theirs'} takes {fault!r}: {fault.value!r:.300}")
            else:
                explained.add(row)

    compare()
    return found, explained


def laxness(pair: Pair, fault: Fault) -> Laxness | None:
    schema, value = resolved(pair.document, pair.schema), fault.value
    for part in fault.pointer.split("/")[1:]:
        inner = schema["items"] if isinstance(value, list) else schema["properties"][part]
        schema, value = resolved(pair.document, inner), value[int(part) if isinstance(value, list) else part]
    return next((row for row in LAX if row.keyword == fault.keyword and row.holds(schema, value)), None)


def compare(pairs: list[Pair], models_of_theirs: ModuleType, examples: int) -> set[Laxness]:
    found, rows = list[str](), set[Laxness]()
    for pair in pairs:
        differing, explained = differences(pair, takes(getattr(models_of_theirs, pair.name)), examples)
        found += differing
        rows |= explained
    assert found == []
    return rows


def check_openapi(pytestconfig: pytest.Config, folder: Path, examples: int) -> None:
    document, copy = read("openapi.json"), folder / "openapi.json"
    copy.write_text(json.dumps(document))
    theirs = generated_from(pytestconfig, copy, *OF_PATHS)
    pairs = [*of_bodies(document), *of_answers(document)]
    assert len(pairs) > 10
    assert compare(pairs, theirs, examples) == {NUMBER_IS_DATE, NULL_IS_DEFAULT, NO_URI}, (
        "a row that explains nothing goes"
    )


def check_asyncapi(pytestconfig: pytest.Config, folder: Path, examples: int) -> None:
    """The generator is given the schemas, since it reads of an AsyncAPI document no more than these."""
    document, source = read("asyncapi.json"), folder / "frames.json"
    pairs = [*of_frames(document)]
    assert len(pairs) > 5
    schemas = {**document["components"]["schemas"], **{one.name: one.schema for one in pairs}}
    source.write_text(json.dumps({"$defs": schemas}).replace("#/components/schemas/", "#/$defs/"))
    theirs = generated_from(pytestconfig, source, *OF_SCHEMAS)
    assert compare(pairs, theirs, examples) == {NUMBER_IS_DATE, NULL_IS_DEFAULT}


CHECKS = [check_openapi, check_asyncapi]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_their_models_take_and_refuse_what_ours_do(
    pytestconfig: pytest.Config, tmp_path: Path, check: Callable[[pytest.Config, Path, int], None]
) -> None:
    check(pytestconfig, tmp_path, 40)


@pytest.mark.long
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_their_models_take_and_refuse_what_ours_do_of_many_values(
    pytestconfig: pytest.Config, tmp_path: Path, check: Callable[[pytest.Config, Path, int], None]
) -> None:
    check(pytestconfig, tmp_path, 1_000)

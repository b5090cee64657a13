"""Values of every contract that the compiler's tests have: what is drawn fits, what is broken does not, and bounds are drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from codegen.emit.documents import asyncapi, openapi
from proof.documents import DRAFT_2020_12, Json
from proof.values import Values, freshened
from proof.ws.contract import read_socket
from tests.codegen.contracts import CASES, contract_of

GOOD = sorted(path.parent.name for path in CASES.glob("p*/expected"))
DOCUMENT: Json = {"openapi": "3.1.0", "components": {"schemas": {"Self": {"type": "object", "properties": {
    "inner": {"$ref": "#/components/schemas/Self"}}, "additionalProperties": False}}}}  # fmt: skip
SHORT = ("p03_float", "p17_union", "p19_union_nested", "p66_patterns", "p77_formats")
FEW = settings(
    max_examples=5,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
MANY = settings(FEW, max_examples=2000)


def schemas(case: str, folder: Path) -> Iterator[tuple[Json, Any]]:
    """Each request of a socket with its document, and each shared schema of the other door."""
    contract = contract_of(case, folder)
    for file in asyncapi.emit(contract):
        if file.path.endswith("asyncapi.json"):
            document = json.loads(file.data)
            yield from ((document, one.frame) for one in read_socket(document).operations)
    for file in openapi.emit(contract):
        if file.path.endswith("openapi.json"):
            document = json.loads(file.data)
            yield from ((document, one) for one in document.get("components", {}).get("schemas", {}).values())


def _is(bound: Any) -> Callable[[Any], bool]:
    """Not `True` for 1."""
    return lambda one: one == bound and type(one) is type(bound)


def _has(name: str) -> Callable[[Any], bool]:
    return lambda one: name in one


def proven(document: Json, schema: Any) -> None:
    """Judged by a validator that is made here, whole document and all."""
    values = Values(document)
    whole = {"components": document["components"], **schema}
    if "openapi" in document:
        whole["$schema"] = DRAFT_2020_12
    judged = jsonschema_rs.validator_for(whole)

    @FEW
    @given(st.data())
    def look(data: st.DataObject) -> None:
        value = data.draw(values.valid(schema))
        assert judged.is_valid(value)
        for fault in values.faults(schema, value):
            assert not values.is_valid(schema, fault.value), fault

    look()


@pytest.mark.parametrize("case", [one if one in SHORT else pytest.param(one, marks=pytest.mark.long) for one in GOOD])
def test_what_is_drawn_fits_and_every_fault_does_not(case: str, tmp_path: Path) -> None:
    found = list(schemas(case, tmp_path))
    assert found
    for document, schema in found:
        proven(document, schema)


@pytest.mark.parametrize(
    ("schema", "bounds"),
    [
        ({"type": "integer", "minimum": 3, "maximum": 900}, [3, 900, 4, 899]),
        ({"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 900}, [4, 899]),
        ({"type": "integer", "format": "int64"}, [2**63 - 1, -(2**63)]),
        ({"type": "integer", "multipleOf": 7, "minimum": 1, "maximum": 100}, [7, 98]),
        ({"type": "string", "minLength": 2, "maxLength": 40}, []),
        ({"type": "string", "enum": ["a", "b", "c"]}, ["a", "b", "c"]),
        ({"type": ["string", "null"], "enum": ["a", None]}, ["a", None]),
        ({"type": ["integer", "null"]}, [None, 0]),
        ({"type": "boolean"}, [True, False]),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 2}, [[True], [False, False]]),
        ({"const": 5}, [5]),
        ({"type": "number", "minimum": 0.5, "maximum": 1.5}, [0.5, 1.5]),
    ],
)
def test_the_bounds_of_each_keyword_are_drawn(schema: Json, bounds: list[Any]) -> None:
    drawn = Values(DOCUMENT).valid(schema)
    for bound in bounds:
        find(drawn, _is(bound), settings=MANY)


@pytest.mark.parametrize("length", [2, 40])
def test_the_shortest_and_the_longest_text_are_drawn(length: int) -> None:
    find(
        Values(DOCUMENT).valid({"type": "string", "minLength": 2, "maxLength": 40}),
        lambda one: len(one) == length,
        settings=MANY,
    )


def test_a_fault_says_where_it_is() -> None:
    schema = {
        "type": "object",
        "required": ["a/b"],
        "properties": {"a/b": {"type": "array", "items": {"type": "integer", "maximum": 3}}},
    }
    found = {(one.keyword, one.pointer) for one in Values(DOCUMENT).faults(schema, {"a/b": [1]})}
    assert {("required", ""), ("type", "/a~1b"), ("maximum", "/a~1b/0"), ("type", "/a~1b/0")} <= found


def test_a_type_that_holds_itself_ends() -> None:
    schema = {"$ref": "#/components/schemas/Self"}
    find(Values(DOCUMENT).valid(schema), lambda one: "inner" in one and "inner" in one["inner"], settings=MANY)


def test_of_a_union_every_arm_is_drawn_and_broken() -> None:
    arms = [{"type": "object", "required": [name], "properties": {name: {"type": "integer", "maximum": 3}}, "additionalProperties": False}
            for name in ("x", "y")]  # fmt: skip
    values = Values(DOCUMENT)
    for name in ("x", "y"):
        value = find(values.valid({"oneOf": arms}), _has(name), settings=MANY)
        assert ("maximum", f"/{name}") in {(one.keyword, one.pointer) for one in values.faults({"oneOf": arms}, value)}


def test_no_text_has_what_no_encoding_carries() -> None:
    @FEW
    @given(Values(DOCUMENT).valid({"type": "array", "items": {"type": "string"}, "minItems": 20, "maxItems": 20}))
    def look(texts: list[str]) -> None:
        assert [one.encode().decode() for one in texts] == texts

    look()


def test_a_text_that_must_be_new_is_another_each_time_and_one_within_a_play() -> None:
    drawn: dict[str, Any] = {"name": "fresh0123456789a", "note": ["see fresh0123456789a", "freshness"], "count": 3}
    first, second = freshened(drawn, {}), freshened(drawn, {})
    assert first["name"] not in (drawn["name"], second["name"])
    assert first["note"] == [f"see {first['name']}", "freshness"]
    assert len(first["name"]) == len(drawn["name"])
    assert first["count"] == 3

"""The comparison of encodings finds nothing at the service, and finds where service and document differ."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen.ir.operations import Contract
from proof.http.callers import Login, named
from proof.http.command import LOGIN
from proof.http.openapi import described
from proof.http.protobuf import Compared, Twins, damaged
from proof.protobuf import compiled
from tests.running_service import RunningService

BODIES = {"create_artist", "update_artist", "login", "logout", "refresh"}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return compiled(Path("specs"))


@pytest.fixture
def document(service: RunningService) -> Any:
    return copy.deepcopy(described(f"{service.url}/openapi.json"))


def only_create(document: Any) -> Any:
    """The schema of its body; the other operations have JSON only from now on."""
    for item in document["paths"].values():
        for one in item.values():
            if isinstance(one, dict) and one.get("operationId") != "create_artist":
                one.get("requestBody", {}).get("content", {}).pop("application/x-protobuf", None)
    return document["paths"]["/api/artists"]["post"]["requestBody"]["content"]["application/json"]["schema"]


def twins(service: RunningService, contract: Contract, document: Any, caller: str = "editor") -> Twins:
    token = named(caller).bearer(service.url, document, Login(*LOGIN))
    return Twins(service.url, contract, document, token)


@pytest.mark.parametrize("caller", ["editor", "anonymous"])
def test_both_encodings_are_judged_alike(
    service: RunningService, contract: Contract, document: Any, caller: str
) -> None:
    compared = twins(service, contract, document, caller)
    assert [*compared.find(8, seed=1)] == []
    assert compared.tried == dict.fromkeys(BODIES, Compared(8, 8, 8))


def test_what_is_taken_beyond_the_document_is_found_and_shrunk(
    service: RunningService, contract: Contract, document: Any
) -> None:
    only_create(document)["properties"]["name"]["maxLength"] = 3
    (found,) = twins(service, contract, document).find(20, seed=1)
    assert found.startswith("create_artist in protobuf")
    assert "maxLength at /name" in found or "is invalid, but protobuf is None" in found


def test_what_is_refused_within_the_document_is_found(
    service: RunningService, contract: Contract, document: Any
) -> None:
    del only_create(document)["properties"]["name"]["minLength"]
    found = [*twins(service, contract, document).find(60, seed=1)]
    assert [line for line in found if "'name': ''" in line and "is valid, but protobuf is" in line]


def test_an_answer_that_is_not_declared_is_found(service: RunningService, contract: Contract, document: Any) -> None:
    only_create(document)
    del document["paths"]["/api/artists"]["post"]["responses"]["422"]
    found = [*twins(service, contract, document).find(5, seed=1)]
    assert [line for line in found if line.startswith("create_artist") and line.endswith("422 is not declared")]


@given(st.data(), st.binary(min_size=1, max_size=20))
@settings(max_examples=60, database=None, derandomize=True)
def test_damage_is_another_message(data: st.DataObject, whole: bytes) -> None:
    changed = data.draw(damaged(whole))
    shorter = len(changed) < len(whole) and whole.startswith(changed)
    flipped = len(changed) == len(whole) and sum((a ^ b).bit_count() for a, b in zip(changed, whole, strict=True)) <= 1
    assert shorter or flipped or changed.startswith(whole) or len(changed) <= 64

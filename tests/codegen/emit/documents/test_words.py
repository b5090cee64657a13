"""What callers may count on stands in both documents, in the form of the sources."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from codegen.emit.documents import asyncapi, openapi
from codegen.emit.documents.words import shared_words
from codegen.ir.operations import Objective
from tests.codegen.contracts import shipped

PROMISE = {"availability": 99.9, "latency": {"percent": 99.0, "within": "250ms"}}


def test_an_objective_is_said_as_it_is_written_and_left_out_where_there_is_none() -> None:
    one = replace(shipped().operations[0], timeout_s=5.0)
    assert shared_words(replace(one, objective=Objective(99.9, 99.0, 0.25)))["x-slo"] == PROMISE
    assert shared_words(replace(one, objective=Objective(99.5)))["x-slo"] == {"availability": 99.5}
    assert shared_words(replace(one, objective=None)) == {"x-idempotent": one.idempotency, "x-timeout": "5000ms"}


def test_both_documents_say_it() -> None:
    contract = shipped()
    promised = tuple(replace(one, objective=Objective(99.9, 99.0, 0.25)) for one in contract.operations)
    for emit in (openapi.emit, asyncapi.emit):
        (file, *_) = emit(replace(contract, operations=promised))
        document: dict[str, Any] = json.loads(file.data)
        assert json.dumps(PROMISE) in json.dumps(document)

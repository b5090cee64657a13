"""Values with every edge that a contract allows cross both doors in both encodings unchanged, by the generated clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.names import snake
from codegen.ir.operations import Contract
from tests.clients.random_values import Values
from tests.codegen import samples
from tests.codegen.contracts import CASES, CORPUS, compose
from tests.codegen.serving import served
from tests.codegen.test_corpus import compiled

ROUNDS = 6
CONTRACTS = {"p51_everything": CASES, "p72_wrappers": CASES, "p82_json_names": CASES, "document": CORPUS}


@pytest.mark.parametrize("name", CONTRACTS)
def test_values_cross_every_door_unchanged(name: str, tmp_path: Path) -> None:
    loaded = compiled(compose(name, tmp_path, CONTRACTS[name]), tmp_path)
    assert served(tmp_path, questions(loaded.contract)) == ""


def questions(contract: Contract) -> dict[str, object]:
    """As `test_cases.questions`, with values that are drawn."""
    streams = [Values(contract, number) for number in range(ROUNDS)]
    calls, events = [], []
    for values in streams:
        for operation in contract.operations:
            record = operation.result.record
            result = values.named(record) if record else None
            calls.append({
                "operation": operation.name,
                "http": operation.http is not None,
                "is_list": operation.result.is_list,
                "record": snake(record) if record else None,
                "names": {one.member: one.name for one in operation.request.fields},
                "request": values.record(operation.request),
                "result": result,
                "expected": samples.with_defaults(contract, record, result) if record else None,
            })  # fmt: skip
        for event in contract.events:
            value = values.named(event.record)
            expected = samples.with_defaults(contract, event.record, value)
            told = {"name": event.name, "pkg_id": event.pkg_id, "record": snake(event.record)}
            events.append({**told, "value": value, "expected": expected})
    return {"calls": calls, "events": events, "is_drawn": True}

"""A worker tells of itself: what fails and why, breakers, tasks and sockets; another question is none."""

from __future__ import annotations

import json

import pytest
from prometheus_client.samples import Exemplar

from app.supervision.inspector import CONNECTIONS, EXEMPLARS, METRICS, STATE, Inspector
from app.supervision.readiness import Readiness
from app.supervision.supervisor import Supervisor
from app.telemetry.metrics.registry import Told

TOLD = Told("t_bucket", {"le": "1.0"}, Exemplar({"trace_id": "a"}, 0.5, 7.0))


async def away() -> bool | str:
    return "db:5432: Connection refused"


async def here() -> bool | str:
    return True


async def test_what_it_tells() -> None:
    readiness = Readiness({"database": away, "keys": here}, remarks={"keycloak": lambda: "the client is confidential"})
    await readiness.check()
    inspector = Inspector(
        render=lambda: b"metrics", exemplars=lambda: [TOLD], readiness=readiness, supervisor=Supervisor(), breakers={"redis": lambda: "open"},
        connections=lambda: [{"user": "reader"}],
    )  # fmt: skip
    assert inspector.answer(METRICS) == b"metrics"
    assert json.loads(inspector.answer(EXEMPLARS)) == [["t_bucket", {"le": "1.0"}, [{"trace_id": "a"}, 0.5, 7.0]]]
    assert json.loads(inspector.answer(CONNECTIONS)) == [{"user": "reader"}]
    assert json.loads(inspector.answer(STATE)) == {
        "ready": False, "parts": {"database": "db:5432: Connection refused", "keys": "ok"}, "breakers": {"redis": "open"},
        "tasks": {}, "remarks": {"keycloak": "the client is confidential"},
    }  # fmt: skip
    with pytest.raises(KeyError):
        inspector.answer("secrets")

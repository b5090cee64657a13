"""Every plan draws sessions that stand alone: each socket is opened before it is used, and every label is of one request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from proof.documents import Json
from proof.values import Values
from proof.ws.codec import JsonFrames
from proof.ws.contract import read_socket
from proof.ws.plans import Plan, plans
from proof.ws.scene import Scene
from proof.ws.session import Open, Send, Session, Settle, from_json, member, to_json
from tests.proof.ws.foreign import headed

OURS: Json = json.loads((Path(__file__).parents[3] / "generated" / "specs" / "asyncapi.json").read_text())
FEW = settings(
    max_examples=8,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


def scene(document: Json) -> Scene:
    socket = read_socket(document)
    roles = {"able": frozenset({"admin", "create-artist"}), "unable": frozenset[str]()}
    return Scene(socket, Values(document), roles, {"application/json": JsonFrames()})


PLANS: list[tuple[Scene, Plan]] = [(one, plan) for one in map(scene, (OURS, headed())) for plan in plans(one)]


@pytest.mark.parametrize(("where", "plan"), PLANS, ids=[f"{at}-{plan.name}" for at, (_, plan) in enumerate(PLANS)])
def test_a_session_stands_alone_and_is_data(where: Scene, plan: Plan) -> None:
    @FEW
    @given(plan.sessions)
    def look(session: Session) -> None:
        opened: set[str] = set()
        labels = [step.label for step in session.steps if isinstance(step, Send)]
        for step in session.steps:
            if isinstance(step, Open):
                opened.add(step.socket)
            elif not isinstance(step, Settle):
                assert step.socket in opened
            if isinstance(step, Send):
                where.socket.operation(step.operation)
        assert len(labels) == len(set(labels))
        assert {one for pair in session.pairs for one in pair} <= set(labels)
        assert from_json(to_json(session)) == session

    look()


def test_our_document_has_every_kind_of_plan_and_another_has_those_that_need_no_word_of_ours() -> None:
    kinds = [{plan.name.partition(":")[0] for plan in plans(scene(document))} for document in (OURS, headed())]
    assert kinds[0] == {"payloads", "story", "callers", "interleaving", "protocol", "credentials", "topics", "events"}
    assert kinds[1] == {"payloads", "callers", "interleaving", "protocol"}


def test_no_fault_of_another_contract_is_in_the_id_by_which_a_reply_is_known() -> None:
    other = scene(headed())
    add = other.socket.operation("add_book")
    value = {"id": "a", "kind": "add", "data": {"title": "Emma", "pages": 1}}
    faults = other.faults(add, value)
    assert faults
    assert all(member(one.value, "/id") == "a" for one in faults)
    assert len(faults) < len(other.values.faults(add.frame, value))

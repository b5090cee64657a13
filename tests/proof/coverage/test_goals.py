"""Goals are all that a contract says can happen; of each operation it is due that it succeeds, is refused as it says, and is heard."""

from __future__ import annotations

from pathlib import Path

from proof.coverage.goals import DIMENSIONS, Goal, goals, scope
from proof.protobuf import compiled
from tests.codegen.contracts import SHIPPED, contract_of

SCOPE = scope(compiled(SHIPPED))
GOALS = goals(SCOPE)
BY_NAME = {one.name: one for one in SCOPE.contract.operations}


def due(subject: str) -> list[tuple[str, ...]]:
    return [one.fact for one in GOALS if one.subject == subject and one.is_due]


def test_a_command_is_due_at_each_door_with_its_codes_and_its_roles() -> None:
    assert due("create_artist") == [
        ("answer", "create_artist", "REST-json", "ok"),
        ("answer", "create_artist", "REST-protobuf", "ok"),
        ("answer", "create_artist", "WS-json", "ok"),
        ("answer", "create_artist", "WS-protobuf", "ok"),
        ("code", "create_artist", "artist_name_taken"),
        ("caller", "create_artist", "REST", "without a role"),
        ("caller", "create_artist", "WS", "without a role"),
    ]
    assert due("artist_created") == [("event", "artist_created")]


def test_what_is_public_refuses_nobody_and_what_has_no_content_has_one_form() -> None:
    assert due("livez") == [("answer", "livez", "REST-json", "ok")]
    assert "REST-protobuf" not in SCOPE.doors_of(BY_NAME["delete_artist"])


def test_codes_of_http_alone_are_no_goals_of_the_socket() -> None:
    facts = {one.fact for one in GOALS}
    assert ("answer", "create_artist", "REST-json", "unsupported_media_type") in facts
    assert ("answer", "create_artist", "WS-json", "unsupported_media_type") not in facts
    assert ("answer", "create_artist", "WS-json", "request_in_progress") in facts


def test_every_dimension_has_goals_and_every_goal_is_there_once() -> None:
    assert {one.dimension for one in GOALS} == set(DIMENSIONS)
    assert len({one.fact for one in GOALS}) == len(GOALS)
    assert Goal(("close", "4505"), "close codes", "4505 protocol_abuse") in GOALS
    assert Goal(("message", "subscribed", "protobuf"), "messages", "subscribed") in GOALS
    assert ("keyword", "create_artist", "/name", "maxLength", "broken") in {one.fact for one in GOALS}


def test_a_contract_with_rest_alone_has_no_goals_of_a_socket(tmp_path: Path) -> None:
    found = goals(scope(contract_of("p90_rest_alone", tmp_path)))
    assert found
    assert not [one for one in found if "WS" in " ".join(one.fact) or one.fact[0] in ("event", "message", "close")]

"""The expanded AsyncAPI has whole frames, closed where they come in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from codegen.emit.documents import asyncapi
from codegen.ir.operations import Contract
from tests.codegen.contracts import contract_of, shipped, shipped_files


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shipped_files()["specs/asyncapi.json"])
    return found


REQ_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
FRAME = {"pkg_id": 1, "req_id": REQ_ID, "data": {"shape": {"kind": "circle", "radius": 1}}}


def emitted(contract: Contract) -> dict[str, Any]:
    (file,) = asyncapi.emit(contract)
    found: dict[str, Any] = json.loads(file.data)
    return found


def judge(document: dict[str, Any], message: str) -> jsonschema_rs.Validator:
    payload = document["components"]["messages"][message]["payload"]
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", **payload, "components": document["components"]}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


@pytest.mark.parametrize(
    ("change", "is_valid"),
    [
        ({}, True),
        ({"meta": {"timeout_ms": 5}}, True),
        ({"meta": {"timeout_ms": 0}}, False),
        ({"meta": {"traceparent": "what is no such text is as none"}}, True),
        ({"meta": {"traceparent": 5}}, False),
        ({"meta": {"other": 5}}, False),
        ({"pkg_id": 2}, False),
        ({"req_id": 5}, False),
        ({"extra": 1}, False),
        ({"data": {"shape": {"kind": "circle", "radius": 1}, "extra": 1}}, False),
        ({"data": {"shape": {"kind": "circle", "radius": 1, "side": 1}}}, False),
        ({"data": None}, False),
    ],
)
def test_a_whole_frame_with_arms_is_judged(tmp_path: Path, change: dict[str, object], is_valid: bool) -> None:
    document = emitted(contract_of("p17_union", tmp_path))
    assert judge(document, "send_thing_request").is_valid(FRAME | change) is is_valid


def test_a_reply_is_its_result_in_a_frame_and_may_have_more_members(tmp_path: Path) -> None:
    judged = judge(emitted(contract_of("p17_union", tmp_path)), "send_thing_reply")
    reply = FRAME | {"status_code": 0, "new": 1}
    assert judged.is_valid(reply)
    assert not judged.is_valid(reply | {"status_code": 1})
    assert not judged.is_valid(reply | {"data": {}})


def test_an_event_is_sent_with_its_topic_and_the_nil_id(tmp_path: Path) -> None:
    document = emitted(contract_of("p34_events", tmp_path))
    event = document["operations"]["alert_raised"]
    assert (event["action"], event["x-topic"], event["x-pkg-id"]) == ("send", "alerts", 1002)
    assert event["security"] == [{"$ref": "#/components/securitySchemes/auditor"}]
    assert "correlationId" not in document["components"]["messages"]["alert_raised"]
    assert not judge(document, "alert_raised").is_valid({"pkg_id": 1002, "req_id": REQ_ID, "data": {}})


def test_fields_of_topics_names_are_placed_in_their_events() -> None:
    channel = document()["channels"]["web"]
    identity, name = (
        channel["x-parameters"]["artists/{artist.id}"],
        channel["x-parameters"]["artist-names/{artist.name}"],
    )
    assert (identity["artist.id"]["at"], identity["artist.id"]["schema"]["minimum"]) == ("/artist/id", 1)
    assert (name["artist.name"]["at"], name["artist.name"]["schema"]["maxLength"]) == ("/artist/name", 200)
    assert "artists" not in channel["x-parameters"]
    assert list(channel["x-filters"]["artists"]) == ["artist.id", "artist.name"]


def test_a_contract_without_such_fields_says_none_of_them(tmp_path: Path) -> None:
    channel = emitted(contract_of("p34_events", tmp_path))["channels"]["web"]
    assert not {"x-parameters", "x-filters"} & channel.keys()


def test_roles_that_are_needed_together_are_one_scheme_and_alternatives_are_several(tmp_path: Path) -> None:
    contract = contract_of("p33_alternative_roles", tmp_path)
    roles = (frozenset({"reader", "auditor"}), frozenset({"writer"}), frozenset[str]())
    both = replace(contract, operations=(replace(contract.operations[0], roles=roles),))
    public = replace(contract, operations=(replace(contract.operations[0], roles=None),))
    assert emitted(both)["operations"]["get_thing"]["security"] == [
        {"type": "http", "scheme": "bearer", "x-roles": ["auditor", "reader"]},
        {"$ref": "#/components/securitySchemes/writer"},
        {"type": "http", "scheme": "bearer", "x-roles": []},
    ]
    assert emitted(public)["operations"]["get_thing"]["security"] == []


def test_every_package_and_event_is_an_operation_with_its_number() -> None:
    operations = document()["operations"].items()
    numbers = {name: one["x-pkg-id"] for name, one in operations if not name.startswith("control-")}
    expected = {one.name: one.pkg_id for one in shipped().operations if one.pkg_id}
    assert numbers == expected | {one.name: one.pkg_id for one in shipped().events}


def test_a_request_is_closed_at_any_depth_of_its_envelope() -> None:
    payload = document()["components"]["messages"]["create_artist_request"]["payload"]
    assert payload["properties"]["pkg_id"]["const"] == 3
    for closed in (payload, payload["properties"]["meta"], payload["properties"]["data"]):
        assert closed["additionalProperties"] is False


def test_a_reply_may_be_the_problem() -> None:
    messages = document()["operations"]["create_artist"]["reply"]["messages"]
    assert [one["$ref"].rpartition("/")[2] for one in messages] == ["create_artist_reply", "problem"]


def test_what_is_said_to_readers_is_served(tmp_path: Path) -> None:
    (file,) = asyncapi.emit(contract_of("p80_annotations", tmp_path))
    found = json.loads(file.data)
    assert found["info"]["externalDocs"] == {"url": "https://example.org/case", "description": "The whole of it."}
    send = found["operations"]["send_thing"]
    assert send["tags"] == [{"name": "Kept things"}, {"name": "things"}]
    assert send["externalDocs"]["url"] == "https://example.org/send"
    data = found["components"]["messages"]["send_thing_request"]["payload"]["properties"]["data"]
    assert data["examples"][0]["name"] == 'Bob */ "quoted"'
    assert data["properties"]["old"]["deprecated"] is True


def test_every_frame_that_there_is_has_its_message(tmp_path: Path) -> None:
    """The control frames too: whoever reads the document needs no other to speak to the socket."""
    found = emitted(contract_of("p34_events", tmp_path))
    assert judge(found, "control-subscribe").is_valid({"type": "subscribe", "topics": ["alerts"]})
    answers = found["operations"]["control-authenticate"]["reply"]["messages"]
    assert [one["$ref"].rpartition("/")[2] for one in answers] == ["control-authenticated", "problem"]


def test_an_operation_says_what_it_may_answer_and_the_channel_how_it_closes() -> None:
    found = document()
    told = found["operations"]["create_artist"]
    assert {"artist_name_taken", "invalid_data", "request_in_progress"} <= {*told["x-errors"]} <= {*found["x-errors"]}
    assert "unsupported_media_type" not in told["x-errors"]  # HTTP alone answers it.
    assert found["x-errors"]["artist_name_taken"]["status_code"] == 6
    assert found["channels"]["web"]["x-close-codes"]["protocol_abuse"] == 4505
    assert (told["x-idempotent"], told["x-timeout"], told["x-publishes"]) == ("key", "5000ms", ["artist_created"])


def test_links_lead_from_a_reply_to_the_fields_of_the_next_request() -> None:
    links = document()["operations"]["create_artist"]["x-links"]
    assert links["get_artist"] == {"operation": "get_artist", "parameters": {"artist_id": "$message.payload#/data/id"}}

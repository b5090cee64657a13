"""Operations of AsyncAPI: one package or event for each message, parameters of addresses as fields, topics, replies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.importer import Imported
from codegen.importer.target import write
from codegen.pipeline import Loaded, load
from tests.codegen.importer.documents import imported, said

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}


def asyncapi(
    operations: dict[str, Any], messages: dict[str, Any], address: str = "rooms/{roomId}", **more: Any
) -> dict[str, Any]:
    channel = {"address": address, "messages": messages, "parameters": {"roomId": {}}}
    for one in operations.values():
        one |= {"channel": {"$ref": "#/channels/room"}}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Rooms", "version": "1.0.0"},
        "channels": {"room": channel},
        "operations": operations,
        **more,
    }


def loaded(folder: Path, document: dict[str, Any]) -> tuple[Loaded, Imported]:
    found = imported(folder, document)
    assert found.files, found.left
    write(folder / "specs", found.files)
    return load(folder / "specs"), found


def messages_of(*names: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/room/messages/{name}"} for name in names]


def test_what_it_receives_is_asked_and_answered(tmp_path: Path) -> None:
    operation = {
        "action": "receive",
        "messages": messages_of("say"),
        "reply": {"channel": {"$ref": "#/channels/room"}, "messages": messages_of("said", "refusedError")},
    }
    one, found = loaded(
        tmp_path,
        asyncapi(
            {"sayIt": operation},
            {"say": {"payload": TEXT}, "said": {"payload": TEXT}, "refusedError": {"payload": TEXT}},
        ),
    )
    (package,) = [each for each in one.contract.operations if each.feature == "rooms"]
    assert (package.name, package.pkg_id, [each.name for each in package.request.fields]) == (
        "say_it",
        1,
        ["room_id", "text"],
    )
    assert package.result.record == "SayItResult"
    assert any("the reply 'refusedError' of receive sayIt is left out" in line for line in said(found.losses))


def test_what_it_sends_is_an_event_with_the_topic_of_its_address(tmp_path: Path) -> None:
    one, _ = loaded(
        tmp_path, asyncapi({"tell": {"action": "send", "messages": messages_of("Told")}}, {"Told": {"payload": TEXT}})
    )
    (event,) = one.contract.events
    assert (event.name, event.record, event.pkg_id, event.topics) == ("told", "Told", 1001, ("rooms/{room_id}",))
    assert [each.name for each in one.contract.record("Told").fields] == ["room_id", "text"]


def test_each_message_of_an_operation_is_one_of_its_own(tmp_path: Path) -> None:
    operation = {"action": "receive", "messages": messages_of("a", "b")}
    one, found = loaded(
        tmp_path,
        asyncapi({"sayIt": operation}, {"a": {"payload": TEXT}, "b": {"payload": {"type": "null"}}}, address="plain"),
    )
    assert {each.name for each in one.contract.operations if each.feature == "plain"} == {"say_it_a", "say_it_b"}
    assert found.losses.total == 2


def test_a_list_is_answered_as_the_items_of_a_frame(tmp_path: Path) -> None:
    operation = {
        "action": "receive",
        "messages": messages_of("ask"),
        "reply": {"channel": {"$ref": "#/channels/room"}, "messages": messages_of("all")},
    }
    one, _ = loaded(
        tmp_path,
        asyncapi({"ask": operation}, {"ask": {"payload": TEXT}, "all": {"payload": {"type": "array", "items": TEXT}}}),
    )
    (package,) = [each for each in one.contract.operations if each.feature == "rooms"]
    assert package.result.is_list


@pytest.mark.parametrize(
    ("security", "roles"),
    [([], None), ([{"type": "http", "scheme": "bearer"}], (frozenset[str](),)), ([{"type": "oauth2", "scopes": ["talk", "hear"]}], (frozenset({"hear", "talk"}),))],
)  # fmt: skip
def test_an_operation_asks_for_the_roles_of_its_schemes(tmp_path: Path, security: list[Any], roles: Any) -> None:
    one, _ = loaded(
        tmp_path,
        asyncapi(
            {"tell": {"action": "send", "messages": messages_of("told"), "security": security}},
            {"told": {"payload": TEXT}},
        ),
    )
    assert one.contract.events[0].roles == roles


def test_a_payload_of_another_schema_language_does_not_arrive(tmp_path: Path) -> None:
    avro = {"payload": {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": {}}}
    found = imported(tmp_path, asyncapi({"a": {"action": "receive", "messages": messages_of("avro")}}, {"avro": avro}))
    assert [one.why for one in found.losses.unarrived] == ["its payload is not described by a JSON schema"]


def test_what_a_message_has_beside_its_payload_is_said(tmp_path: Path) -> None:
    message = {"payload": TEXT, "headers": {}, "correlationId": {}, "contentType": "application/x-msgpack"}
    operation = {"action": "send", "messages": messages_of("told"), "reply": {}, "bindings": {}}
    _, found = loaded(tmp_path, asyncapi({"tell": operation}, {"told": message}))
    text = "\n".join(said(found.losses))
    for part in (
        "'headers' of messages",
        "'correlationId' of messages",
        "not application/x-msgpack",
        "nobody answers an event",
        "'bindings' of operations",
        "frames on one socket",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("member", "is_told"),
    [({"type": "string"}, True), ({"type": "string", "enum": ["a", "b"]}, False)],
)
@pytest.mark.parametrize("action", ["receive", "send"])
def test_what_only_the_address_says_of_a_member_s_values_is_told(
    tmp_path: Path, member: dict[str, Any], is_told: bool, action: str
) -> None:
    """An enum of the address, whose member the payload requires as a bare text, was lost without a word."""
    payload = {"type": "object", "required": ["roomId"], "properties": {"roomId": member}}
    document = asyncapi({"tell": {"action": action, "messages": messages_of("Told")}}, {"Told": {"payload": payload}})
    document["channels"]["room"]["parameters"] = {"roomId": {"enum": ["a", "b"]}}
    told = said(imported(tmp_path, document).losses)
    assert any("what the address rooms/{roomId} says of 'roomId' is left out" in line for line in told) == is_told

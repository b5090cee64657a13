"""What is read of an AsyncAPI document, ours and others, and what is said of one that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.emit.documents import asyncapi
from proof.documents import DocumentError, Json
from proof.ws.contract import read_socket
from tests.codegen.contracts import contract_of
from tests.proof.ws.foreign import bare, headed

OURS: Json = json.loads((Path(__file__).parents[3] / "generated" / "specs/asyncapi.json").read_text())


def test_our_document_has_the_words_that_add_checks() -> None:
    socket = read_socket(OURS)
    create = socket.operation("create_artist")
    assert socket.speaks_stele
    assert socket.close_codes is not None
    assert socket.close_codes["token_expired"] == 4401
    assert socket.controls.asked["subscribe"] == 60_003
    assert socket.controls.told[60_001]["properties"]["type"] == {"type": "string", "const": "auth.expiring"}
    assert set(socket.encodings) == {"stele.v1.json", "stele.v1.protobuf"}
    assert create.pkg_id is not None
    assert create.errors is not None
    assert "artist_name_taken" in create.errors
    assert create.publishes == ("artist_created",)
    assert {one.operation for one in create.links} >= {"get_artist", "delete_artist"}
    assert not create.allows(frozenset())
    assert create.correlation == create.answers_at == "/req_id"
    assert socket.operation("get_artists").is_safe
    events = {one.name: one for one in socket.events}
    assert events["artist_created"].topic == "artists"
    assert events["artist_updated"].topic == ""
    assert events["artist_updated"].told(create, {"id": 7}) == {"artist": {"id": 7}}
    assert events["artist_updated"].told(socket.operation("delete_artist"), None) == {}
    assert all(not one.name.startswith("control-") for one in socket.operations)


def test_a_stream_is_not_asked_for_and_its_frames_are_known(tmp_path: Path) -> None:
    (document,) = asyncapi.emit(contract_of("p84_streams", tmp_path))
    said = json.loads(document.data)
    said["operations"]["other"] = said["operations"]["tell_thing"] | {"x-stream": False}
    socket = read_socket(said)
    assert [one.name for one in socket.operations] == ["other"]
    assert {"watch_things_reply", "watch_things_end"} <= set(socket.answers)
    assert socket.controls.asked["credit"] == 60_006


def test_headers_are_the_frame_and_the_payload_is_its_data() -> None:
    socket = read_socket(headed())
    add = socket.operation("add_book")
    assert socket.address == "/shelf"
    assert socket.encodings == {"": "application/json"}
    assert not socket.speaks_stele
    assert (add.correlation, add.answers_at, add.pkg_id, add.roles, add.errors) == ("/id", "/id", None, None, None)
    assert set(add.frame["properties"]) == {"id", "kind", "data"}
    assert set(add.frame["required"]) == {"id", "kind", "data"}
    assert set(add.replies) == {"added", "refused"}
    assert [one.name for one in socket.events] == ["tell"]


def test_without_headers_the_payload_is_the_frame_and_a_reply_may_have_its_id_elsewhere() -> None:
    ask = read_socket(bare()).operation("ask")
    assert set(ask.frame["properties"]) == {"meta", "word"}
    assert (ask.correlation, ask.answers_at) == ("/meta/id", "/re")


def test_an_id_in_the_payload_beside_headers_is_below_data() -> None:
    document = headed()
    document["channels"]["shelf"]["messages"]["add"]["correlationId"] = {"location": "$message.payload#/title"}
    assert read_socket(document).operation("add_book").correlation == "/data/title"


def test_traits_are_below_what_a_message_says_itself() -> None:
    document = headed()
    add = document["channels"]["shelf"]["messages"]["add"]
    add["traits"] = [{"correlationId": add.pop("correlationId"), "payload": {"type": "null"}}]
    operation = read_socket(document).operation("add_book")
    assert operation.correlation == "/id"
    assert operation.frame["properties"]["data"]["type"] == "object"


def _set(*path: str, to: object) -> Callable[[Json], None]:
    def edit(document: Json) -> None:
        node = document
        for name in path[:-1]:
            node = node[name]
        node[path[-1]] = to

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_set("asyncapi", to="2.6.0"), "asyncapi: expected 3.0, found '2.6.0'"),
        (_set("asyncapi", to=None), "asyncapi"),
        (_set("channels", to=[]), "channels: there is no ''"),
        (_set("channels", to=["a"]), "channels: expected an object, found list"),
        (_set("operations", to="x"), "operations: expected an object, found str"),
        (_set("operations", to={}), "channels/shelf: no operation receives"),
        (_set("operations", "add_book", "messages", to=[{"$ref": "#/no/where"}]), "#/no/where"),
        (_set("operations", "add_book", "messages", to=[{"$ref": "other.yaml#/a"}]), "bundle it"),
        (_set("operations", "add_book", "messages", to=[]), "operations/add_book: expected one message"),
        (_set("operations", "add_book", "messages", to=5), "operations/add_book"),
        (_set("operations", "add_book", "reply", to={"messages": 5}), "operations/add_book"),
        (_set("operations", "add_book", "security", to=5), "operations/add_book"),
        (_set("operations", "add_book", "x-links", to=5), "operations/add_book"),
        (_set("operations", "tell", "messages", to=5), "operations/tell"),
        (_set("channels", "shelf", "messages", "add", "correlationId", to={}), "operations/add_book: its message has no"),
        (_set("channels", "shelf", "messages", "add", "traits", to=5), "operations/add_book"),
        (_set("channels", "shelf", "messages", "add", "headers", to={"required": 5}), "operations/add_book"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_with_its_place(edit: Callable[[Json], None], said: str) -> None:
    document = headed()
    edit(document)
    with pytest.raises(DocumentError) as raised:
        read_socket(document)
    assert said in str(raised.value)


def test_a_channel_or_an_operation_that_is_not_there_is_named() -> None:
    with pytest.raises(DocumentError, match="there is no 'cellar'; there are shelf"):
        read_socket(headed(), "cellar")
    with pytest.raises(DocumentError, match="there is no burn"):
        read_socket(headed()).operation("burn")

"""What a document means to have as an operation, and what nobody can read, is counted and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.codegen.importer.documents import answers, imported, openapi

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
INFO = {"title": "Rooms", "version": "1.0.0"}


def lost(folder: Path, document: dict[str, Any]) -> tuple[list[str], str]:
    """The operations that did not arrive, and the counts."""
    losses = imported(folder, document).losses
    named = [one.message for one in losses.findings if one.rule == "I010"]
    return named, losses.render("text", {}).splitlines()[-1]


def test_a_path_or_an_operation_that_is_none(tmp_path: Path) -> None:
    paths: dict[str, Any] = {
        "/a": {"get": {"responses": answers(TEXT)}, "put": "later", "summary": "read"},
        "/b": {"$ref": "#/paths/~1nowhere"},
        "/c": None,
        "/d": [],
    }
    named, counts = lost(tmp_path, openapi(paths))
    assert named == [
        "PUT /a is left out: it is no mapping",
        "/b is left out: its path item is no mapping, or refers to nothing",
        "/d is left out: its path item is no mapping, or refers to nothing",
    ]
    assert counts == "1 of 4 operations arrived"


def test_an_operation_of_the_socket_without_a_channel_or_an_action(tmp_path: Path) -> None:
    channel = {"address": "room", "messages": {"say": {"payload": TEXT}}}
    there, nowhere = {"$ref": "#/channels/room"}, {"$ref": "#/channels/hall"}
    operations: dict[str, Any] = {
        "say": {"action": "receive", "channel": there},
        "jump": {"action": "jump", "channel": there},
        "lost": {"action": "send", "channel": nowhere},
        "nothing": None,
    }
    document = {"asyncapi": "3.0.0", "info": INFO, "channels": {"room": channel}, "operations": operations}
    named, counts = lost(tmp_path, document)
    assert named == [
        "jump is left out: its action 'jump' is neither send nor receive",
        "lost is left out: its channel is no mapping, or refers to nothing",
        "nothing is left out: it is no mapping, or refers to nothing",
    ]
    assert counts == "1 of 4 operations arrived"


def test_a_channel_of_2_6_that_is_none(tmp_path: Path) -> None:
    channels: dict[str, Any] = {
        "room": {"publish": {"message": {"payload": TEXT}}, "subscribe": "later"},
        "hall": "later",
        "empty": None,
    }
    named, counts = lost(tmp_path, {"asyncapi": "2.6.0", "info": INFO, "channels": channels})
    assert named == [
        "subscribe room is left out: it is no mapping",
        "hall is left out: its channel is no mapping",
    ]
    assert counts == "1 of 3 operations arrived"

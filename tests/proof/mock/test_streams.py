"""A stream of the mock has an item and its end, at both doors."""

from __future__ import annotations

import json
from pathlib import Path

from codegen.parse.http_content import NDJSON, SSE
from proof.mock.streams import stream_types, streamed
from proof.protobuf import Protobuf
from tests.codegen.contracts import contract_of

THING = {"id": "7", "name": "seven"}


def test_each_form_has_one_item_and_says_that_it_is_whole(tmp_path: Path) -> None:
    contract = contract_of("p84_streams", tmp_path)
    watch = next(one for one in contract.operations if one.name == "watch_things")
    lines, events, messages = (
        streamed("Thing", {"id": 7, "name": "seven"}, media, Protobuf(contract)) for media in stream_types(watch)
    )
    assert stream_types(watch)[:2] == (NDJSON, SSE)
    assert json.loads(lines)["name"] == "seven"
    assert events.endswith(b"\n\nevent: end\ndata: null\n\n")
    response = Protobuf(contract).new("Response")
    response.ParseFromString(messages[1 : 1 + messages[0]])
    assert (response.offset, b"seven" in response.data) == (0, True)
    response.ParseFromString(messages[2 + messages[0] :])
    assert (response.HasField("offset"), response.status_code) == (False, 0)

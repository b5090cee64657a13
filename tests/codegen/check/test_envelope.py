"""The frame in protobuf is the one that the socket's door speaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

FILE = "proto/envelope.proto"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  string req_id = 2;", "  optional string req_id = 2;"),
        ("  bytes data = 3;", "  repeated bytes data = 3;"),
        ("  optional int32 timeout_ms = 1;", "  int32 timeout_ms = 1;"),
        ("  optional string traceparent = 2;", ""),
        ("  optional string topic = 6;", ""),
        ("  optional string epoch = 8;", "  optional string epoch = 8;\n  optional string other = 9;"),
        ("message RequestMeta {", "message Renamed {"),
    ],
)
def test_another_frame_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert rules(edited(tmp_path, (FILE, old, new), case="p51_everything")) & {"X022", "P001"}


def test_the_shipped_frame_is_the_one(tmp_path: Path) -> None:
    assert rules(edited(tmp_path)) == set()

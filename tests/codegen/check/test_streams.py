"""What a stream is in each dialect, and that all three say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import contract_of, edited, rules

CASE = "p84_streams"
HTTP, PACKAGES, PROTO = "http/things.yaml", "packages/things.yaml", "proto/things.proto"


def test_a_stream_reads_whatever_its_method_is(tmp_path: Path) -> None:
    """A query has no key, and a COMMIT that could be unknown."""
    asked = next(one for one in contract_of(CASE, tmp_path).operations if one.name == "tell_thing")
    assert (asked.result.is_stream, asked.result.record, asked.is_query) == (True, "Part", True)
    assert "outcome_unknown" not in asked.errors


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        (PROTO, "returns (stream Thing)", "returns (Thing)", "X024"),
        (PACKAGES, "messageTraits/stream_reply", "messageTraits/reply", "J006"),
        (HTTP, "content: {application/x-ndjson:", "content: {application/json:", "J006"),
        (HTTP, "    x-timeout: 600s\n", "    x-idempotent: key\n", "V007"),
    ],
)
def test_one_that_says_otherwise_is_found(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new), case=CASE))


def test_bytes_that_are_called_lines_are_bytes(tmp_path: Path) -> None:
    """A file of lines is passed on as it is, as it was before there were streams."""
    old = "application/json: {schema: {$ref: '../schemas/things.yaml#/Thing'}}"
    new = "application/x-ndjson: {schema: {type: string, format: binary, maxLength: 1000}}"
    loaded = edited(tmp_path, (HTTP, old, new), case="p90_rest_alone")
    assert any(one.result.file and not one.result.is_stream for one in loaded.contract.operations)

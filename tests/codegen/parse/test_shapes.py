"""Each file has one shape: an unknown key, a missing one and a wrong value are named where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

WEB = "    address: /web\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("policy.yaml", "buckets:", "pails:", "F001"),
        ("policy.yaml", "buckets:", "pails:", "F002"),
        ("policy.yaml", "window: 60s, key: user", "window: 60, key: user", "F003"),
        ("policy.yaml", "key: ip", "key: planet", "F003"),
        ("policy.yaml", "scheme: bearer, description: Read", "scheme: basic, description: Read", "F003"),
        ("errors.yaml", "status: 504", "status: 204", "F003"),
        ("errors.yaml", "implied_by: any", "implied_by: luck", "F003"),
        ("errors.yaml", "token_expired: 4401", "token_expired: soon", "F003"),
        ("errors.yaml", "token_expired: 4401", "token_expired: 440", "F003"),
        ("policy.yaml", "limit: 600", "limit: 600.0", "F003"),
        ("policy.yaml", "limit: 120", "limit: 12e1", "F003"),
        ("errors.yaml", "token_expired: 4401", "token_expired: 4401.0", "F003"),
        ("contract.lock", "GET_ARTISTS: 1", "GET_ARTISTS: 1.0", "F003"),
        ("errors.yaml", "codes:\n", "colour: red\ncodes:\n", "F001"),
        ("extensions.json", '"$defs"', '"defs"', "F001"),
        ("contract.lock", "GET_ARTISTS: 1", "GET_ARTISTS: one", "F003"),
        ("openapi.yaml", "info:\n", "webhooks: {}\ninfo:\n", "F001"),
        ("asyncapi.yaml", WEB, WEB + "    parameters: {}\n", "F001"),
        ("asyncapi.yaml", "location: '$message.header#/req_id'", "location: '$message.payload#/id'", "F003"),
        ("packages/artists.yaml", "channel: {$ref: '../asyncapi.yaml#/channels/web'}", "channel: {}", "F002"),
        ("packages/artists.yaml", "messages:\n  get_artists:\n", "messages:\n  get_artists:\n    examples: []\n", "F001"),
        ("packages/artists.yaml", "operations:\n", "operations:\n  odd: text\n", "F003"),
        ("http/artists.yaml", "etag:\n", "odd: text\netag:\n", "F003"),
        ("schemas/frame.yaml", "maximum: 65535}", "maximum: 100}", "F003"),
        ("schemas/frame.yaml", "required: [pkg_id, req_id]", "required: [pkg_id]", "F003"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    loaded = edited(tmp_path, (file, old, new))
    assert (rule, f"specs/{file}") in {(one.rule, one.place.file) for one in loaded.findings}


@pytest.mark.parametrize(
    ("file", "old", "new", "meant"),
    [
        ("policy.yaml", "buckets:\n", "bukets:\n", "buckets"),
        ("policy.yaml", "window: 60s, key: user", "windw: 60s, key: user", "window"),
        ("policy.yaml", "defaults:\n", "defualts:\n", "defaults"),
    ],
)
def test_a_key_with_a_slip_is_one_finding_that_says_which_is_meant(
    tmp_path: Path, file: str, old: str, new: str, meant: str
) -> None:
    (finding,) = [one for one in edited(tmp_path, (file, old, new)).findings if one.rule.startswith("F")]
    assert (finding.rule, finding.fix[: len(meant) + 16]) == ("F001", f"did you mean {meant!r}?")


def test_a_push_may_have_the_bound_of_before_there_were_filters(tmp_path: Path) -> None:
    """So that a contract of then is compared by `make breaking`, and compiles as it is."""
    assert rules(edited(tmp_path, ("schemas/frame.yaml", "maxLength: 3000", "maxLength: 200"))) == set()


def test_a_frame_may_be_described(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("schemas/frame.yaml", "Request:\n", "Request:\n  description: What a client sends.\n"))
    assert rules(loaded) == set()


def test_a_key_that_is_not_read_is_named_with_those_that_are(tmp_path: Path) -> None:
    (finding,) = edited(tmp_path, ("policy.yaml", "topics:\n", "colours: {}\ntopics:\n")).findings
    assert finding.message == "'colours' is not read in policy.yaml"
    assert finding.fix == "remove it; policy.yaml may have buckets, defaults, roles, sockets, topics"

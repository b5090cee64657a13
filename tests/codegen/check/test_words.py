"""Every x- word is known, and its value fits."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        ("x-idempotent: key\n    x-colour: red", "W001"),
        ("x-idempotent: sometimes", "W002"),
        ("x-idempotent: [key]", "W002"),
    ],
)
def test_an_unknown_word_and_a_wrong_value_are_refused(tmp_path: Path, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, ("http/artists.yaml", "x-idempotent: key", new)))


def test_a_word_that_the_language_had_is_refused_with_the_reason(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("http/artists.yaml", "x-idempotent: key", "x-idempotent: key\n    x-cache: {ttl: 5s}"))
    assert [(one.rule, one.message) for one in loaded.findings] == [("W001", "the word 'x-cache' is no more")]
    assert "no result is kept" in loaded.report()


def test_a_property_may_be_called_like_a_word(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        (
            "schemas/artist.yaml",
            "  properties:\n    artist:",
            "  properties:\n    x-rays: {type: boolean}\n    artist:",
        ),
    )
    assert "W001" not in rules(loaded)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("packages/artists.yaml", "    x-pkg-id: 3\n", "    x-pkg-id: 3\n    x-colour: red\n"),
        ("schemas/artist.yaml", "ArtistId:\n", "ArtistId:\n  x-colour: red\n"),
        ("asyncapi.yaml", "    x-reply-order: any\n", "    x-reply-order: any\n    x-colour: red\n"),
        ("openapi.yaml", "  - {name: system, description: Probes.}", "  - {name: system, description: Probes., x-colour: red}"),
    ],
)  # fmt: skip
def test_every_source_is_walked_to_its_leaves_and_the_word_s_own_place_is_named(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    (finding,) = (one for one in edited(tmp_path, (file, old, new)).findings if one.rule == "W001")
    line = (tmp_path / "specs" / file).read_text().splitlines()[finding.place.line - 1]
    assert finding.place.file == f"specs/{file}"
    assert line[finding.place.column - 1 :].startswith("x-colour")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_word_s_schema_refers_to_nothing_outside_of_it(scheme: str, tmp_path: Path) -> None:
    """It would open a socket, or read a file of the machine (G04)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        secret = tmp_path / "secret.json"
        secret.write_text('{"type": "boolean"}')
        uri = f"http://127.0.0.1:{server.getsockname()[1]}/x" if scheme == "http" else secret.as_uri()
        word = f'"x-odd": {{"title": "t", "x-places": ["schema"], "$ref": "{uri}"}}'
        loaded = edited(tmp_path, ("extensions.json", '"$defs": {', f'"$defs": {{{word},'))
        with pytest.raises(TimeoutError):
            server.accept()
    assert "W004" in rules(loaded)


def test_a_value_is_judged_by_the_schema_of_its_word(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("packages/artists.yaml", "x-pkg-id: 3\n", "x-pkg-id: three\n"))
    (finding,) = (one for one in loaded.findings if one.rule == "W002")
    assert finding.message.startswith("x-pkg-id: ")


@pytest.mark.parametrize(
    ("file", "old", "new", "hint"),
    [
        ("openapi.yaml", "x-name: stele", "x-name: Order Desk", "did you mean 'order_desk'?"),
        ("openapi.yaml", "x-name: stele", "x-name: order-desk", "did you mean 'order_desk'?"),
        ("openapi.yaml", "x-name: stele", "x-name: 7", ""),
        ("http/artists.yaml", "x-idempotent: key", "x-idempotent: natrual", "did you mean 'natural'?"),
        ("http/artists.yaml", "x-sdk-method: find", "x-sdk-method: findAll", "did you mean 'find_all'?"),
    ],
)
def test_a_value_that_is_nearly_right_is_told_how_to_be(
    tmp_path: Path, file: str, old: str, new: str, hint: str
) -> None:
    (finding,) = (one for one in edited(tmp_path, (file, old, new)).findings if one.rule == "W002")
    assert finding.fix == hint


def test_the_product_s_name_stands_in_one_root(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("asyncapi.yaml", "  title: Stele\n", "  title: Stele\n  x-name: stele\n"))
    (finding,) = loaded.findings
    assert (finding.rule, finding.fix) == ("W003", "it stands in openapi.info")


@pytest.mark.parametrize(
    ("old", "new"),
    [("x-rate-limit: reads", "x-rate-limits: reads"), ("  query: {", "  querys: {"), ("defaults:", "default:")],
)
def test_of_a_key_that_is_not_read_one_thing_is_said(tmp_path: Path, old: str, new: str) -> None:
    """And nothing of the words below it, which mean something where the key is spelled right."""
    loaded = edited(tmp_path, ("policy.yaml", old, new))
    assert [one.rule for one in loaded.findings] in (["F001"], ["W001"]), loaded.report()

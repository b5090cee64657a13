"""AsyncAPI is read strictly: envelope, channel, reply and security are all there or named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

PACKAGES = "packages/artists.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("asyncapi.yaml", "asyncapi: 3.0.0", "asyncapi: 2.6.0", "A001"),
        ("asyncapi.yaml", "  web:\n    address", "  net:\n    address", "A002"),
        (PACKAGES, "action: receive", "action: obtain", "A003"),
        (PACKAGES, "action: receive", "action: receive\n    bindings: {}", "A004"),
        (PACKAGES, "x-pkg-id: 3\n", "\n", "A005"),
        (PACKAGES, "security: [{$ref: '../policy.yaml#/roles/create-artist'}]\n", "\n", "A006"),
        (PACKAGES, "{$ref: '../policy.yaml#/roles/create-artist'}", "{type: http, scheme: bearer}", "A007"),
        (PACKAGES, "messageTraits/page_reply", "messageTraits/refusal", "A008"),
        (PACKAGES, "'../asyncapi.yaml#/channels/web/messages/get_artists'", "'#/messages/get_artists'", "A010"),
    ],
)
def test_a_package_that_is_not_read_is_a_finding(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new)))


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("asyncapi.yaml", "asyncapi: 3.0.0", "asyncapi: 3.0evil", "A001"),
        ("packages/things.yaml", "    x-topic: things", "    x-topic: things\n    reply: {channel: {$ref: '../asyncapi.yaml#/channels/web'}}", "A004"),
        ("packages/things.yaml", "{$ref: '../policy.yaml#/roles/reader'}", "{type: http, scheme: basic, x-roles: [reader]}", "A007"),
        ("packages/things.yaml", "{$ref: '../policy.yaml#/roles/reader'}", "{type: http, scheme: bearer, in: x, x-roles: [reader]}", "A007"),
        ("packages/things.yaml", "payload: {type: 'null'}", "payload: {type: 'null', minLength: 4}", "S003"),
    ],
)  # fmt: skip
def test_what_would_not_be_read_of_the_socket_is_refused(
    tmp_path: Path, file: str, old: str, new: str, rule: str
) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new), case="p51_everything"))


def test_an_operation_in_the_root_names_its_messages_as_asyncapi_does(tmp_path: Path) -> None:
    inline = """  ask:
    action: receive
    channel: {$ref: '#/channels/web'}
    messages: [{$ref: '#/channels/web/messages/get_thing'}]
    reply: {channel: {$ref: '#/channels/web'}, messages: [{$ref: './asyncapi.yaml#/channels/web/messages/drop_thing_done'}]}
    security: []
    x-pkg-id: 9
"""
    found = rules(edited(tmp_path, ("asyncapi.yaml", "operations:\n", f"operations:\n{inline}"), case="p51_everything"))
    assert found == {"X023", "N003"}

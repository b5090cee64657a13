"""AsyncAPI 2.6 seen from the application, in the form of 3.0."""

from __future__ import annotations

from codegen.diagnostics import Findings
from codegen.importer.asyncapi2 import upgraded
from codegen.importer.nodes import items, mapping, text
from codegen.parse.yaml_tree import Mapping, parse_yaml

TEXT = """\
asyncapi: 2.6.0
channels:
  rooms/{id}:
    parameters: {id: {schema: {type: string}}}
    publish: {operationId: say, message: {oneOf: [{name: a}, {name: b}]}}
    subscribe: {summary: heard, message: {name: c}}
  empty: {}
"""


def test_clients_publish_what_the_application_receives() -> None:
    root = parse_yaml("x.yaml", TEXT.encode(), Findings())
    assert isinstance(root, Mapping)
    found = upgraded(root)
    said = mapping(found, "operations", "rooms/{id} publish")
    heard = mapping(found, "operations", "rooms/{id} subscribe")
    assert [text(said, "action"), text(heard, "action")] == ["receive", "send"]
    assert [text(one, "name") for one in items(said, "messages")] == ["a", "b"]
    assert [text(one, "name") for one in items(heard, "messages")] == ["c"]
    assert text(said, "operationId") == "say"
    assert text(said, "channel", "address") == "rooms/{id}"
    assert said is not None
    assert said.place.line == 5
    assert list(mapping(found, "channels") or ()) != []

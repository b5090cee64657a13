"""AsyncAPI 2.6 turned into the form of 3.0, seen from the application: what clients publish it receives, what they subscribe to it sends."""

from __future__ import annotations

from codegen.importer.nodes import items, made, mapping, scalar, sequence, text, with_entries
from codegen.parse.yaml_tree import Mapping, Node

ACTIONS = {"publish": "receive", "subscribe": "send"}
MOVED = ("publish", "subscribe", "servers", "bindings")


def upgraded(root: Mapping) -> Mapping:
    """A root with `channels` that have addresses, and `operations` whose channel and messages stand inside of them."""
    channels: dict[str, Node] = {}
    operations: dict[str, Node] = {}
    for address, node in mapping(root, "channels") or ():
        if not isinstance(node, Mapping):
            continue
        entries = {key: one for key, one in node if key not in MOVED}
        channel = made(node, {"address": scalar(node, address), **entries}, node.keys)
        channels[address] = channel
        for key, action in ACTIONS.items():
            if (operation := mapping(node, key)) is not None:
                operations[f"{address} {key}"] = _operation(operation, action, channel)
    return with_entries(root, channels=made(root, channels), operations=made(root, operations))


def _operation(node: Mapping, action: str, channel: Mapping) -> Mapping:
    message = node.get("message")
    listed = items(message, "oneOf") or ([message] if message is not None else [])
    kept = {key: one for key, one in node if key not in ("message", "operationId")}
    entries: dict[str, Node] = {
        **kept,
        "action": scalar(node, action),
        "channel": channel,
        "messages": sequence(node, listed),
    }
    if name := text(node, "operationId"):
        entries["operationId"] = scalar(node, name)
    return made(node, entries, node.keys)

"""`sdk_typescript/src/topics.ts`: one function for each topic, which takes the values of its parameters."""

from __future__ import annotations

from codegen.emit.printer import File
from codegen.emit.typescript_client.text import comment, module, quoted
from codegen.emit.typescript_client.types import Types
from codegen.emit.typescript_names import constant, method_name
from codegen.ir.operations import Contract, Topic
from codegen.ir.topics import attribute, events_of, method, parameter_type, parameters

IMPORTS = [
    'import * as $operations from "./operations.ts";',
    'import type * as $ from "./runtime/operation.ts";',
    'import { made } from "./runtime/topic.ts";',
    'import type * as $types from "./types.ts";',
    "",
]


def emit_topics(contract: Contract, folder: str) -> File:
    told = [one for one in contract.topics if events_of(contract, one.name)]
    lines = [line for topic in told for line in _function(contract, topic)]
    return module(
        f"{folder}/topics.ts", "The topics that can be followed.", [*(IMPORTS if told else ["export {};"]), *lines]
    )


def _function(contract: Contract, topic: Topic) -> list[str]:
    events, types = events_of(contract, topic.name), Types(contract)
    told = " | ".join(sorted(f"$types.{event.record}" for event in events))
    taken = [
        (method_name(attribute(path)), parameter_type(contract, topic.name, path)) for path in parameters(topic.name)
    ]
    head = ", ".join(f"{name}: {types.spelled(kind, is_input=True, scope='$types.')}" for name, kind in taken)
    kinds = ", ".join(f"$operations.{constant(event.name)}" for event in events)
    given = "".join(f", {name}" for name, _ in taken)
    return [
        *comment([f"The events of `{topic.name}`."]),
        f"export const {method_name(method(topic.name))} = ({head}): $.Topic<{told}> =>",
        f"  made<{told}>({quoted(topic.name)}, [{kinds}]{given});",
        "",
    ]

"""`sdk_typescript/src/topics.ts`: one function for each topic, which takes the values of its parameters and of its filter."""

from __future__ import annotations

from codegen.emit.printer import File
from codegen.emit.typescript_client.text import comment, module, quoted
from codegen.emit.typescript_client.types import Types
from codegen.emit.typescript_names import constant, method_name
from codegen.ir.operations import Contract, Topic
from codegen.ir.topics import attribute, events_of, filters, has_presence, method, parameter_type, parameters
from codegen.ir.types import Type


def emit_topics(contract: Contract, folder: str) -> File:
    told = [one for one in contract.topics if events_of(contract, one.name)]
    lines = [line for topic in told for line in _function(contract, topic)]
    used = [
        *(["attended"] if any(has_presence(contract, one.name) for one in told) else []),
        *(["filtered"] if any(filters(contract, one) for one in told) else []),
        "made",
    ]
    imports = [
        'import * as $operations from "./operations.ts";',
        'import type * as $ from "./runtime/operation.ts";',
        f'import {{ {", ".join(used)} }} from "./runtime/topic.ts";',
        'import type * as $types from "./types.ts";',
        "",
    ]
    return module(
        f"{folder}/topics.ts", "The topics that can be followed.", [*(imports if told else ["export {};"]), *lines]
    )


def _function(contract: Contract, topic: Topic) -> list[str]:
    events, types = events_of(contract, topic.name), Types(contract)
    told = " | ".join(sorted(f"$types.{event.record}" for event in events))
    taken = [
        (method_name(attribute(path)), parameter_type(contract, topic.name, path)) for path in parameters(topic.name)
    ]
    fields = {path: _property(path) for path in filters(contract, topic)}
    head = [f"{name}: {types.spelled(kind, is_input=True, scope='$types.')}" for name, kind in taken]
    if fields:
        head.append(
            f"where: {{ {'; '.join(_wanted(types, one, kind) for one, kind in filters(contract, topic).items())} }} = {{}}"
        )
    kinds = ", ".join(f"$operations.{constant(event.name)}" for event in events)
    given = "".join(f", {name}" for name, _ in taken)
    made = f"made<{told}>({quoted(topic.name)}, [{kinds}]{given})"
    is_attended = has_presence(contract, topic.name)
    whole = f"attended({made})" if is_attended else made
    where = ", ".join(f"[{quoted(path)}, where.{name}]" for path, name in fields.items())
    said = f"The events of `{topic.name}`" + (
        ", or those that have one of the values in each field of `where`." if fields else "."
    )
    return [
        *comment([said]),
        f"export const {method_name(method(topic.name))} = ({', '.join(head)}): $.{'AttendedTopic' if is_attended else 'Topic'}<{told}> =>",
        f"  filtered({whole}, [{where}]);" if fields else f"  {whole};",
        "",
    ]


def _property(path: str) -> str:
    return method_name(attribute(path))


def _wanted(types: Types, path: str, kind: Type) -> str:
    """One value of a filter's field, or several."""
    one = types.spelled(kind, is_input=True, scope="$types.")
    return f"{_property(path)}?: {one} | readonly {f'({one})' if ' ' in one else one}[] | undefined"

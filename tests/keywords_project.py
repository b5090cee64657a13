"""Adds to a project of the tests a feature that has every keyword in every position, from `tests/keyword_table.py`."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.keyword_table import ADDRESS, ANY_TEXT, BODY, KEYWORDS, named, pairs
from tests.media_project import insert

SOURCE = Path(__file__).with_name("keywords")
MESSAGES = ("probe_body", "probe_address", "probe", "probe_answer", "probe_seen")
OPERATIONS = ("probe_body", "probe_address", "probe_seen")
SCHEMAS = "../schemas/probe.yaml"
FORMS = {"item": "{{type: array, items: {}}}", "value": "{{type: object, additionalProperties: {}}}"}


def add_keywords(tree: Path) -> None:
    """What `make new` writes for a feature, but for proto, which `make fix` writes."""
    shutil.copytree(SOURCE, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    specs = tree / "specs"
    (specs / "schemas" / "probe.yaml").write_text(_schemas())
    (specs / "http" / "probes.yaml").write_text(_http())
    (specs / "packages" / "probes.yaml").write_text(_packages())
    path = "/".join(f"{{{named('path', name)}}}" for _, name in pairs(("path",)))
    paths = (
        "  /api/probes: {$ref: 'http/probes.yaml#/body'}\n"
        f"  /api/probes/{path}: {{$ref: 'http/probes.yaml#/address'}}\n"
    )
    insert(specs / "openapi.yaml", "components:\n", paths)
    insert(specs / "openapi.yaml", "  - {name: system,", "  - {name: probes, description: What keywords allow.}\n")
    insert(specs / "asyncapi.yaml", "operations:\n", _listed("      ", "messages", MESSAGES))
    insert(specs / "asyncapi.yaml", "components:\n", _listed("  ", "operations", OPERATIONS))
    topic = "  probes: {history: 100, keep: 1h, delivery: must-deliver}\n"
    insert(specs / "policy.yaml", "  artists: {history", topic)
    product = tree / "app" / "product.py"
    insert(product, "from app.features.system.handler", "from app.features.probes.handler import Probes\n")
    insert(product, "        system=System", "        probes=Probes(),\n")


def _listed(indent: str, table: str, names: tuple[str, ...]) -> str:
    return "".join(f"{indent}{name}: {{$ref: 'packages/probes.yaml#/{table}/{name}'}}\n" for name in names)


def _schemas() -> str:
    body = [
        (named(position, name), in_position(position, KEYWORDS[name].schema))
        for position, name in pairs(BODY)
        if position != "arm"
    ]
    arm = [(name, KEYWORDS[name].schema) for _, name in pairs(("arm",))]
    address = [(named(position, name), KEYWORDS[name].schema) for position, name in pairs(ADDRESS)]
    return (
        f"AnyText: {ANY_TEXT}\n"
        + _record("Probe", [*body, ("arm", "{$ref: '#/Arm'}")])
        + "Arm: {oneOf: [{$ref: '#/FullArm'}, {$ref: '#/OtherArm'}]}\n"
        + _record("FullArm", [("kind", "{type: string, const: text/full}"), *arm])
        + _record("OtherArm", [("kind", "{type: string, const: class}")])
        + _record("ProbeAddress", address)
        + _record("ProbeAnswer", [("seen", "{type: integer, format: int32}")])
        + _record("ProbeSeen", [("probe", "{$ref: '#/Probe'}")])
    )


def in_position(position: str, schema: str) -> str:
    """The schema of a member whose own value, item or value of a map has the schema."""
    return FORMS.get(position, "{}").format(schema)


def _record(name: str, fields: list[tuple[str, str]]) -> str:
    listed = "".join(f"    {field}: {schema}\n" for field, schema in fields)
    return f"{name}:\n  type: object\n  required: [{', '.join(field for field, _ in fields)}]\n  properties:\n{listed}"


def _http() -> str:
    parameters = "".join(_parameter(position, name) for position, name in pairs(ADDRESS))
    return f"""\
body:
  post:
    operationId: probe_body
    x-sdk-method: body
    security: [{{bearer: [create-artist]}}]
    x-publishes: [probe_seen]
    requestBody: {{required: true, content: {{application/json: {{schema: {{$ref: '{SCHEMAS}#/Probe'}}}}}}}}
    responses:
      '200': {{description: The same., content: {{application/json: {{schema: {{$ref: '{SCHEMAS}#/Probe'}}}}}}}}
address:
  get:
    operationId: probe_address
    x-sdk-method: address
    security: [{{bearer: [get-artists]}}]
    parameters:
{parameters}    responses:
      '200': {{description: How many values there are., content: {{application/json: {{schema: {{$ref: '{SCHEMAS}#/ProbeAnswer'}}}}}}}}
"""


def _parameter(position: str, name: str) -> str:
    member, schema = named(position, name), KEYWORDS[name].schema.replace("'#/", f"'{SCHEMAS}#/")
    said = f"name: X-{name}, x-field: {_code(member)}" if position == "header" else f"name: {member}"
    return f"      - {{{said}, in: {position}, required: true, schema: {schema}}}\n"


def _code(member: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in member)


def _packages() -> str:
    channel = "'../asyncapi.yaml#/channels/web"
    operations = "".join(
        f"""\
  {name}:
    action: receive
    channel: {{$ref: {channel}'}}
    messages: [{{$ref: {channel}/messages/{name}'}}]
    reply: {{channel: {{$ref: {channel}'}}, messages: [{{$ref: {channel}/messages/{reply}'}}]}}
    security: [{{$ref: '../policy.yaml#/roles/{role}'}}]
    x-pkg-id: {number}
"""
        for name, reply, role, number in (
            ("probe_body", "probe", "create-artist", 30), ("probe_address", "probe_answer", "get-artists", 31),
        )
    )  # fmt: skip
    event = f"""\
  probe_seen:
    action: send
    channel: {{$ref: {channel}'}}
    messages: [{{$ref: {channel}/messages/probe_seen'}}]
    security: [{{$ref: '../policy.yaml#/roles/get-artists'}}]
    x-topic: probes
    x-pkg-id: 1030
"""
    messages = "".join(
        f"  {name}:\n    traits: [{{$ref: '../asyncapi.yaml#/components/messageTraits/{trait}'}}]\n"
        f"    payload: {{$ref: '{SCHEMAS}#/{record}'}}\n"
        for name, trait, record in (
            ("probe_body", "request", "Probe"), ("probe_address", "request", "ProbeAddress"), ("probe", "reply", "Probe"),
            ("probe_answer", "reply", "ProbeAnswer"), ("probe_seen", "push", "ProbeSeen"),
        )
    )  # fmt: skip
    return f"operations:\n{operations}{event}\nmessages:\n{messages}"

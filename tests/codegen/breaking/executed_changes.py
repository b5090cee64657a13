"""Changes of the case `p51_everything` that are tried out. Both contracts of a change are whole: what proto must say stands here, or
`codegen fix` adds it; every number is issued anew, as if the lock had allowed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from codegen.breaking.rules import Audience
from tests.codegen.breaking.changes import CASE
from tests.codegen.contracts import CASES

Edits = tuple[tuple[str, str, str], ...]
Speaker = Literal["old", "new"]
"""Whose client speaks to the other's server."""
Reasons = Mapping[tuple[Speaker, Audience], str]
REST, SOCKET, PROTOBUF, *_ = Audience
HTTP, PACKAGES = "http/things.yaml", "packages/things.yaml"
SCHEMA, PROTO = "schemas/things.yaml", "proto/things.proto"

INPUT = "    name: {type: string, minLength: 1, maxLength: 50}\n    shape: {$ref: '#/Shape'}\n    colour"
NAME = "    name: {type: string, minLength: 1, maxLength: 50}\n    colour"
NEEDED = "ThingInput:\n  type: object\n  required: [name, shape]"
PRICE = "    price: {type: string, format: decimal}\n    note"
VERSION = "    version: {type: integer, format: int64, minimum: 1, maximum: 999}\n"
STATUS = (
    "A client takes any success; who tells 201 or 202 from 200 waits for one that never comes. oasdiff says the same."
)
UNKNOWN_ARM = (
    "A client keeps an arm that it has not as it came, but its user asked for one of the others, and gets none."
)
PUSHED = "What only events carry is judged like what is answered, which HTTP has too."
THING = "required: [id, name, colour, shape, version]"


@dataclass(frozen=True)
class Change:
    """`breaks` are the clients that are broken by the other's server: R, S and P for REST-JSON, WS-JSON and protobuf, first of the
    old client, then of the new one. `stricter` says why the gate names whom nothing broke here."""

    breaks: tuple[str, str]
    new: Edits
    old: Edits = ()
    stricter: Reasons = field(default_factory=dict)


def schema(old: str, new: str) -> tuple[str, str, str]:
    return SCHEMA, old, new


def proto(old: str, new: str) -> tuple[str, str, str]:
    return PROTO, old, new


def answer_field(text: str) -> Edits:
    """A field more in what is answered and pushed; proto follows."""
    return (schema(VERSION, f"{VERSION}    {text}\n"),)


def input_field(text: str) -> Edits:
    """A field more in two requests; proto follows."""
    return (schema(INPUT, f"    {text}\n{INPUT}"),)


def cut(file: str, start: str, end: str) -> tuple[str, str, str]:
    """What stands from one text to another goes; `` is the end of the file."""
    text = Path(CASES, CASE, "specs", file).read_text()
    rest = text[text.index(start) :]
    return file, rest[: rest.index(end)] if end else rest, ""


def required(name: str) -> tuple[str, str, str]:
    return schema(THING, f"{THING[:-1]}, {name}]")


def needed(name: str) -> tuple[str, str, str]:
    return schema(NEEDED, f"{NEEDED[:-1]}, {name}]")


CHANGES: dict[str, Change] = {
    "optional request field added": Change(("", "RS"), input_field("size: {type: boolean}")),
    "required request field added": Change(("RSP", "RS"), (*input_field("size: {type: boolean}"), needed("size"))),
    "required request field added that may be null": Change(("RS", "RS"), (*input_field("size: {type: [boolean, 'null']}"), needed("size"))),
    "query parameter added": Change(("", "RSP"), (schema("    colours: {type: array", "    since: {type: boolean}\n    colours: {type: array"),)),
    "answer field added": Change(("", ""), answer_field("size: {type: boolean}")),
    "required answer field added": Change(("", "RSP"), (*answer_field("size: {type: boolean}"), required("size"))),
    "list added to the answer": Change(("", ""), answer_field("sizes: {type: array, items: {type: boolean}, default: []}")),
    "answer field may be null, which was always there": Change(
        ("RSP", ""),
        (schema(NAME, NAME.replace("string,", "[string, 'null'],")), proto("  string name = 2;\n  Colour colour", "  optional string name = 2;\n  Colour colour")),
    ),
    "answer field may be null, which could be absent": Change(("RS", ""), (schema(PRICE, PRICE.replace("string, format: decimal", "[string, 'null'], format: decimal, default: null")),)),
    "answer field may be absent": Change(
        ("RSP", ""),
        (schema(THING, THING.replace("name, ", "")), proto("  string name = 2;\n  Colour colour", "  optional string name = 2;\n  Colour colour")),
    ),
    "answer message may be absent": Change(("RSP", ""), (schema(THING, THING.replace("shape, ", "")), proto("  Shape shape = 5;\n  repeated", "  optional Shape shape = 5;\n  repeated"))),
    "answer list is required": Change(("", ""), (required("tags"), schema("items: {type: string}, default: []", "items: {type: string}"))),
    "request list is required": Change(
        ("RS", ""),
        (*input_field("sizes: {type: array, items: {type: boolean}}"), needed("sizes")),
        input_field("sizes: {type: array, items: {type: boolean}, default: []}"),
    ),
    "optional request field is required": Change(
        ("RSP", ""),
        (needed("price"), proto("optional string price = 4;", "string price = 4;"), proto("optional string price = 5;", "string price = 5;")),
    ),
    "request field may not be null any more": Change(
        ("RSP", "P"),
        (*input_field("size: {type: boolean}"), needed("size")),
        (*input_field("size: {type: [boolean, 'null']}"), needed("size")),
    ),
    "request bound narrowed": Change(("RSP", ""), (schema(INPUT, INPUT.replace("50", "40")),)),
    "request pattern added": Change(("RSP", ""), (schema(INPUT, INPUT.replace("maxLength: 50", "maxLength: 50, pattern: '^[a-w]*$'")),)),
    "answer bound widened": Change(("", ""), (schema(NAME, NAME.replace("50", "60")),)),
    "optional answer field renamed under its number": Change(("", ""), (schema(PRICE, PRICE.replace("price", "cost")), proto("price = 10", "cost = 10"))),
    "required answer field renamed under its number": Change(
        ("RS", "RS"),
        (schema(NAME, NAME.replace("name", "title")), schema(THING, THING.replace("name", "title")), proto("string name = 2;\n  Colour", "string title = 2;\n  Colour")),
    ),
    "request field renamed under its number": Change(
        ("RS", "RS"),
        (
            schema(INPUT, INPUT.replace("name:", "title:")), schema(NEEDED, NEEDED.replace("name", "title")),
            proto("  string name = 1;\n  Shape", "  string title = 1;\n  Shape"), proto("  string name = 2;\n  Shape", "  string title = 2;\n  Shape"),
        ),
    ),
    "optional answer field removed": Change(("", ""), (schema(PRICE, "    note"), proto("  optional string price = 10;\n", ""))),
    "required answer field removed": Change(
        ("RSP", ""),
        (schema(NAME, "    colour"), schema(THING, THING.replace("name, ", "")), proto("  string name = 2;\n  Colour colour", "  Colour colour")),
    ),
    "width of an answer widened": Change(("RSP", ""), answer_field("size: {type: integer, format: int64}"), answer_field("size: {type: integer, format: int32}")),
    "width of an answer widened within its bounds": Change(
        ("", ""),
        answer_field("size: {type: integer, format: int64, minimum: 0, maximum: 9}"),
        answer_field("size: {type: integer, format: int32, minimum: 0, maximum: 9}"),
    ),
    "width of a request widened": Change(("", "RSP"), input_field("size: {type: integer, format: int64}"), input_field("size: {type: integer, format: int32}")),
    "number of a field": Change(("P", "P"), (proto("note = 11", "note = 20"),)),
    "kind of a field": Change(("RSP", "RSP"), answer_field("size: {type: boolean}"), answer_field("size: {type: string}")),
    "constant of an answer is any text": Change(("RSP", ""), answer_field("size: {type: string}"), answer_field("size: {type: string, const: much}")),
    "text of an answer is a date": Change(("", "RSP"), answer_field("size: {type: string, format: date}"), answer_field("size: {type: string}")),
    "text of a request is a date": Change(("RSP", ""), input_field("size: {type: string, format: date}"), input_field("size: {type: string}")),
    "text of an answer is a moment": Change(("P", "RSP"), answer_field("size: {type: string, format: date-time}"), answer_field("size: {type: string}")),
    "member added to what is answered": Change(
        ("", ""),
        (schema("enum: [0, 5], x-enum-names: [low, high]", "enum: [0, 5, 7], x-enum-names: [low, high, top]"), proto("LEVEL_HIGH = 5;", "LEVEL_HIGH = 5;\n  LEVEL_TOP = 7;")),
    ),
    "member added to what goes both ways": Change(("", "RSP"), (schema("[red, dark-blue]", "[red, dark-blue, green]"), proto("COLOUR_DARK_BLUE = 2;", "COLOUR_DARK_BLUE = 2;\n  COLOUR_GREEN = 3;"))),
    "number of a member": Change(("P", "P"), (proto("COLOUR_DARK_BLUE = 2;", "COLOUR_DARK_BLUE = 3;"),)),
    "arm added to what goes both ways": Change(
        ("P", "RSP"),
        (
            schema("{$ref: '#/Square'}]", "{$ref: '#/Square'}, {$ref: '#/Dot'}]"),
            schema("ThingInput:\n", "Dot:\n  type: object\n  required: [kind]\n  properties:\n    kind: {type: string, const: dot}\nThingInput:\n"),
            proto("    Square square = 2;\n", "    Square square = 2;\n    Dot dot = 3;\n"),
            proto("message ThingPage", "message Dot {\n  string kind = 1;\n}\n\nmessage ThingPage"),
        ),
        stricter={("old", REST): UNKNOWN_ARM, ("old", SOCKET): UNKNOWN_ARM},
    ),
    "operation removed": Change(
        ("RSP", ""),
        (
            cut(HTTP, "  delete:\n", "p3:"), cut(PACKAGES, "  drop_thing:\n    action", "  thing_made:\n    action"),
            cut(PACKAGES, "  drop_thing:\n    traits", "  thing_made:\n    traits"), cut("asyncapi.yaml", "      drop_thing: ", "      thing_made: "),
            ("asyncapi.yaml", "  drop_thing: {$ref: 'packages/things.yaml#/operations/drop_thing'}\n", ""),
            cut(PROTO, "  rpc DropThing", "}\n\nmessage GetThingsRequest"), cut(PROTO, "message DropThingRequest", "enum Colour"),
            proto('import "google/protobuf/empty.proto";\n', ""),
        ),
    ),
    "event removed": Change(
        ("SP", ""),
        (
            (HTTP, "    x-publishes: [thing_made]\n", ""), cut(PACKAGES, "  thing_made:\n    action", "\nmessages:"),
            cut(PACKAGES, "  thing_made:\n    traits", ""), ("asyncapi.yaml", "      thing_made: {$ref: 'packages/things.yaml#/messages/thing_made'}\n", ""),
            ("asyncapi.yaml", "  thing_made: {$ref: 'packages/things.yaml#/operations/thing_made'}\n", ""),
            cut(PROTO, "message ThingMade", ""), cut(SCHEMA, "ThingMade:", ""),
        ),
    ),
    "path changed": Change(("RP", "RP"), (("openapi.yaml", "/things/{thing_id}:", "/items/{thing_id}:"),)),
    "PkgID changed": Change(("SP", "SP"), ((PACKAGES, "x-pkg-id: 3", "x-pkg-id: 30"),)),
    "success status added": Change(("", ""), ((HTTP, "      '200':\n        description: Done.\n        content: {application/json: {schema: {$ref: '../schemas/things.yaml#/Thing'}}}\n  delete", "      '200':\n        description: Done.\n        content: {application/json: {schema: {$ref: '../schemas/things.yaml#/Thing'}}}\n      '202':\n        description: Done later.\n        content: {application/json: {schema: {$ref: '../schemas/things.yaml#/Thing'}}}\n  delete"),), stricter={("new", REST): STATUS, ("new", PROTOBUF): STATUS}),
    "required field added to an event": Change(
        ("", "SP"),
        (schema("required: [thing]\n  properties:\n", "required: [thing, loud]\n  properties:\n    loud: {type: boolean}\n"),),
        stricter={("new", REST): PUSHED},
    ),
    "number of an event": Change(("SP", "SP"), ((PACKAGES, "x-pkg-id: 1001", "x-pkg-id: 1002"),)),
    "topic of an event": Change(("SP", "SP"), ((PACKAGES, "x-topic: things", "x-topic: alerts"),)),
    "package of proto": Change(("", ""), (proto("package stele.v1;", "package stele.v2;"), ("proto/envelope.proto", "package stele.v1;", "package stele.v2;"))),
}  # fmt: skip

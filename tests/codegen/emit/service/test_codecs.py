"""One codec per operation: JSON whole or in frames, protobuf where there is a message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codegen.emit.printer import Module
from codegen.emit.service.codecs import CodecWriter
from generated.results import ArtistPage, PageMeta
from generated.wire import CODECS
from tests.codegen.compiled import ask, both_ways, compiled
from tests.codegen.contracts import contract_of

PAGE = ArtistPage(items=[], meta=PageMeta(page=1, per_page=20, total=0, pages=0, next_cursor=None, has_more=False))
META = {"page": 1, "per_page": 1, "total": 1, "pages": 1, "next_cursor": None, "has_more": False}
PACKAGE = "packages/things.yaml"
POINTED = (PACKAGE, "things.yaml#/Thing'", "things.yaml#/Thing/properties/items'")
PAGED = (PACKAGE, "messageTraits/reply'", "messageTraits/page_reply'")
ARMS = """
Shape: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}]}
Circle:
  type: object
  required: [kind]
  properties: {kind: {type: string, const: circle}}
Square:
  type: object
  required: [kind, side]
  properties: {kind: {type: string, const: square}, side: {type: integer, format: int32}}
Colour: {type: string, enum: [red, green]}
"""
FRAMES = """
result = codec.restore(json.dumps(given).encode())
data, meta = codec.frame_json(result)
binary, message = codec.frame_protobuf(result)
back = pb.Thing.FromString(binary)
answer = [json.loads(data), meta and json.loads(meta), len(back.items), back.HasField("meta") if message else None,
          message.total if message else None, json.loads(codec.encode_json(result))]
"""


def listing(items: str, *, paged: bool) -> str:
    meta = "    meta: {$ref: 'page.yaml#/PageMeta'}\n" if paged else ""
    return f"""
Thing:
  type: object
  required: [{"items, meta" if paged else "items"}]
  properties:
    items: {{type: array, items: {items}}}
{meta}ThingInput:
  type: object
  properties: {{text: {{type: string}}}}
{ARMS}"""


def framed(folder: Path, items: str, value: dict[str, Any]) -> Any:
    paged = "meta" in value
    edits = (POINTED, PAGED) if paged else (POINTED,)
    return ask(compiled(folder, listing(items, paged=paged), None, *edits), FRAMES, value)


@pytest.mark.parametrize("meta", [{"meta": META}, {}], ids=["with meta", "without meta"])
def test_a_list_of_arms_is_its_items_in_a_frame_and_whole_elsewhere(tmp_path: Path, meta: dict[str, Any]) -> None:
    value = {"items": [{"kind": "circle"}, {"kind": "square", "side": 2}], **meta}
    total, inside = (1, False) if meta else (None, None)
    assert framed(tmp_path, "{$ref: '#/Shape'}", value) == [value["items"], meta.get("meta"), 2, inside, total, value]


def test_an_answer_that_is_no_list_is_one_piece(tmp_path: Path) -> None:
    code = """
result = codec.restore(json.dumps(given).encode())
data, meta = codec.frame_json(result)
binary, message = codec.frame_protobuf(result)
answer = [json.loads(data), meta, pb.Thing.FromString(binary).text, message, binary == codec.encode_protobuf(result)]
"""
    found = ask(compiled(tmp_path, both_ways("text: {type: string}")), code, {"text": "a"})
    assert found == [{"text": "a"}, None, "a", None, True]


@pytest.mark.parametrize(
    ("items", "value"),
    [("{type: string}", "a"), ("{$ref: '#/Colour'}", "red"), ("{type: string, format: date-time}", "2020-01-01T00:00:00Z")],
)  # fmt: skip
def test_a_list_of_plain_values_is_its_items_in_a_frame(tmp_path: Path, items: str, value: str) -> None:
    found = framed(tmp_path, items, {"items": [value], "meta": META})
    assert found[:3] == [[value], META, 1]


@pytest.mark.parametrize(("case", "has_message"), [("p30_rest_only", False), ("p17_union", True)])
def test_only_an_operation_with_an_rpc_has_protobuf(tmp_path: Path, case: str, has_message: bool) -> None:
    contract = contract_of(case, tmp_path)
    writer = CodecWriter(
        Module("wire.py", "Doc."), contract, contract.operations[0], lambda name: f"pb.{name}", lambda record, value: []
    )
    arguments = dict(one.split("=", 1) for one in writer.arguments())
    found = {arguments[name] == "None" for name in ("values_protobuf", "encode_protobuf", "frame_protobuf")}
    assert found == {not has_message}


def test_a_page_is_items_and_meta_apart_in_a_frame() -> None:
    codec = CODECS["get_paginated_artists"]
    data, meta = codec.frame_json(PAGE)
    assert (data, json.loads(meta or b"")) == (b"[]", msgspec.to_builtins(PAGE.meta))
    assert codec.restore(codec.encode_json(PAGE)) == PAGE
    assert codec.frame_protobuf is not None
    data, message = codec.frame_protobuf(PAGE)
    assert data == b""
    assert message is not None
    assert message.per_page == 20


def test_nothing_is_null_in_json_and_no_bytes_in_protobuf() -> None:
    codec = CODECS["delete_artist"]
    assert (codec.frame_json(None), codec.encode_json(None)) == ((b"null", None), b"")
    assert codec.restore(b"") is None


def test_every_operation_has_one() -> None:
    assert len(CODECS) == 16


TREE = """
Tree:
  type: object
  required: [kind]
  properties:
    kind: {type: string, const: tree}
    child: {$ref: '#/Node'}
Leaf: {type: object, required: [kind], properties: {kind: {type: string, const: leaf}}}
Node: {oneOf: [{$ref: '#/Tree'}, {$ref: '#/Leaf'}]}
"""
NESTED = """
def nested(levels):
    value = {"kind": "leaf"}
    for _ in range(levels):
        value = {"kind": "tree", "child": value}
    return {"node": value}

found = {}
for levels in given:
    try:
        before = codec.decode_json(json.dumps(nested(levels)).encode())
        found[levels] = repr(codec.decode_protobuf(message_of(before))) == repr(before)
    except ValueError as error:
        found[levels] = str(error)
answer = found
"""


def test_what_json_may_nest_protobuf_can_read(tmp_path: Path) -> None:
    schemas = both_ways("node: {$ref: '#/Node'}", TREE)
    found = ask(compiled(tmp_path, schemas), NESTED, [1, 43, 44, 45, 300])
    assert (found["1"], found["43"]) == (True, True)
    assert {found[levels] for levels in ("44", "45", "300")} == {"nested deeper than 45 levels"}


def test_brackets_in_text_and_side_by_side_are_no_levels(tmp_path: Path) -> None:
    schemas = both_ways("node: {$ref: '#/Node'}\ntexts: {type: array, items: {type: string}, default: []}", TREE)
    given = {"node": {"kind": "leaf"}, "texts": ['[{"\\', "]" * 99] * 50}
    assert ask(compiled(tmp_path, schemas), "first, second = through_message(given)\nanswer = first == second", given)

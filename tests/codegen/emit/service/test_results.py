"""What goes out is a struct per record: absent is left out, null is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from codegen.emit.service import results
from generated.results import FieldError, Problem
from tests.codegen.compiled import ask, both_ways, compiled
from tests.codegen.contracts import contract_of, shipped_files

SCHEMAS = both_ways(
    """
needed: {type: string}
maybe: {type: string}
empty: {type: [string, 'null'], default: null}
many: {type: integer, format: int32, default: 3}
texts: {type: array, minItems: 1, items: {type: string}, default: [a]}
counts: {type: object, additionalProperties: {type: integer, format: int32}, default: {}}
shape: {$ref: '#/Shape'}
same: {type: string, const: same}
""",
    """
Shape: {oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}]}
Circle:
  type: object
  required: [kind]
  properties: {kind: {type: string, const: circle}}
Square:
  type: object
  required: [kind]
  properties: {kind: {type: string, const: square}}
""",
    required="needed, same",
)
CODE = """
def shown(**fields):
    return json.loads(codec.encode_json(results.Thing(needed="x", **fields)))
answer = [shown(), shown(maybe="", empty="e", many=0, texts=[], counts={"a": 1}, shape=results.Square())]
first, second = results.Thing(needed="1"), results.Thing(needed="2")
first.texts.append("b")
answer += [second.texts, repr(codec.restore(b'{"needed":"x","same":"same","shape":{"kind":"square"}}').shape)]
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return ask(compiled(tmp_path_factory.mktemp("results"), SCHEMAS), CODE)


def test_what_a_handler_leaves_out_is_absent_null_its_default_or_empty(shown: Any) -> None:
    assert shown[0] == {"needed": "x", "empty": None, "many": 3, "texts": ["a"], "counts": {}, "same": "same"}


def test_what_a_handler_gives_is_written_and_an_arm_carries_its_tag(shown: Any) -> None:
    assert shown[1] == {
        "needed": "x", "maybe": "", "empty": "e", "many": 0, "texts": [], "counts": {"a": 1}, "same": "same",
        "shape": {"kind": "square"},
    }  # fmt: skip


def test_two_answers_share_no_default_and_an_arm_comes_back_as_its_struct(shown: Any) -> None:
    assert shown[2:] == [["a"], "Square()"]


def test_absent_is_left_out_and_an_empty_list_is_written() -> None:
    data = msgspec.json.encode(Problem(type="t", title="t", status=400, code="c", trace_id="x"))
    assert msgspec.json.decode(data) == {
        "type": "t",
        "title": "t",
        "status": 400,
        "code": "c",
        "errors": [],
        "trace_id": "x",
    }
    assert msgspec.json.decode(msgspec.json.encode(FieldError(pointer="", message="m"))) == {
        "pointer": "",
        "message": "m",
    }


def test_an_arm_of_a_union_is_told_by_its_tag(tmp_path: Path) -> None:
    (file,) = results.emit(contract_of("p17_union", tmp_path))
    text = file.data.decode()
    assert 'tag_field="kind", tag="circle"' in text
    assert "Shape = Circle | Square" in text


def test_enums_are_exported_beside_the_structs() -> None:
    assert "from generated.enums import AuditDoor as AuditDoor" in shipped_files()["results.py"]


def test_an_optional_constant_may_be_left_out(tmp_path: Path) -> None:
    folder = compiled(tmp_path, both_ways("same: {type: string, const: same}"))
    if folder is not None:
        assert ask(folder, "answer = json.loads(codec.encode_json(codec.restore(b'{}')))") == {}

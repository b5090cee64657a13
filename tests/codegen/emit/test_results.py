"""What goes out is a struct per record: absent is left out, null is written."""

from __future__ import annotations

from pathlib import Path

import msgspec

from codegen.emit import results
from generated.results import FieldError, Problem
from tests.codegen.contracts import contract_of, shipped_files


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


def test_an_arm_of_a_union_carries_its_tag(tmp_path: Path) -> None:
    (file,) = results.emit(contract_of("p17_union", tmp_path))
    text = file.data.decode()
    assert 'tag_field="kind", tag="circle"' in text
    assert "Shape = Circle | Square" in text


def test_enums_are_exported_beside_the_structs() -> None:
    assert "from generated.enums import AuditDoor as AuditDoor" in shipped_files()["results.py"]

"""A schema is a type of the closed vocabulary, or a finding; never a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.diagnostics import Findings
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    String,
    Text,
    Type,
    Union,
)
from codegen.parse.documents import Documents
from codegen.parse.json_schema import Schemas
from codegen.parse.yaml_tree import Mapping


def read(folder: Path, text: str, name: str = "T") -> tuple[Schemas, tuple[Type, bool] | None, list[str]]:
    schemas, found, findings = told(folder, text, name)
    return schemas, found, [one.rule for one in findings]


def told(folder: Path, text: str, name: str = "T") -> tuple[Schemas, tuple[Type, bool] | None, Findings]:
    path = folder / "specs" / "schemas" / "s.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    findings = Findings()
    documents = Documents(folder / "specs", findings)
    schemas = Schemas(documents, findings)
    root = documents.tree("specs/schemas/s.yaml")
    assert isinstance(root, Mapping)
    return schemas, schemas.type_of(root.entries[name], name), findings


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ("{type: boolean}", Bool()),
        ("{type: integer, format: int32, minimum: 1}", Int(32, 1, 2**31 - 1)),
        ("{type: number, maximum: 2}", Float(None, 2.0)),
        ("{type: string, maxLength: 3}", String(0, 3)),
        ("{type: string, const: x}", String(const="x")),
        ("{type: string, format: decimal}", Text("decimal")),
        ("{type: string, format: date-time}", DateTime()),
        ("{type: string, format: duration}", Duration()),
        ("{type: string, contentEncoding: base64, maxLength: 8}", Bytes(8)),
        ("{type: array, items: {type: boolean}, minItems: 1}", ListOf(Bool(), 1)),
        ("{type: object, additionalProperties: {type: boolean}}", MapOf(Bool())),
    ],
)
def test_the_vocabulary(tmp_path: Path, schema: str, kind: Type) -> None:
    _, found, findings = read(tmp_path, f"T: {schema}\n")
    assert (found, findings) == ((kind, False), [])


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ("[1]", "S001"),
        ("{type: [string, integer]}", "S003"),
        ("{properties: {}}", "S003"),
        ("{type: string, not: {}}", "S004"),
        ("{type: integer}", "S005"),
        ("{type: integer, format: int32, maximum: 9999999999}", "S006"),
        ("{type: string, format: colour}", "S007"),
        ("{type: array}", "S009"),
        ("{type: object, additionalProperties: true}", "S010"),
        ("{type: array, items: {type: [string, 'null']}}", "S011"),
        ("{type: object, properties: {x: {allOf: [{$ref: '#/A'}], minLength: 1}}}", "S004"),
        ("{type: object, properties: {x: {allOf: [{$ref: '#/A'}, {$ref: '#/B'}]}}}", "S012"),
        ("{type: array, items: {type: object, properties: {}}}", "S012"),
        ("{type: string, enum: [a b, a/b]}", "S014"),
        ("{oneOf: [{$ref: '#/A'}, {$ref: '#/B'}]}", "S015"),
        ("{type: object, required: [x], properties: {}}", "S017"),
        ("{type: object, properties: {Bad Name: {type: boolean}}}", "S018"),
        ("{type: object, properties: {json: {type: boolean}}}", "S018"),
        ("{type: object, properties: {x: {type: array, items: {type: boolean}}}}", "S019"),
        ("{type: object, properties: {x: {type: [boolean, 'null']}}}", "S020"),
        ("{type: object, properties: {x: {$ref: '#/A', default: y}}}", "S022"),
    ],
)
def test_what_is_outside_of_it_is_refused_by_a_rule(tmp_path: Path, schema: str, rule: str) -> None:
    others = (
        "A: {type: object, properties: {a: {type: boolean}}}\nB: {type: object, properties: {b: {type: boolean}}}\n"
    )
    _, _, findings = read(tmp_path, f"T: {schema}\n{others}")
    assert rule in findings


def test_a_union_is_told_apart_by_the_constant_that_its_arms_share(tmp_path: Path) -> None:
    arm = "{type: object, required: [kind], properties: {kind: {type: string, const: %s}}}"
    text = f"T: {{oneOf: [{{$ref: '#/A'}}, {{$ref: '#/B'}}]}}\nA: {arm % 'a'}\nB: {arm % 'b'}\n"
    schemas, found, findings = read(tmp_path, text)
    assert (found, findings) == ((Named("T"), False), [])
    union = schemas.definitions["T"]
    assert isinstance(union, Union)
    assert (union.tag, union.arms) == ("kind", (("a", "A"), ("b", "B")))


def test_all_of_one_part_says_more_of_a_property(tmp_path: Path) -> None:
    """What stands beside is of the property, and the type is that of the part."""
    text = (
        "T: {type: object, required: [a], properties: {a: {allOf: [{$ref: '#/A'}], description: Mine., readOnly: true},"
        " b: {allOf: [{$ref: '#/B'}], default: x, deprecated: true}}}\n"
        "A: {type: object, description: An A., properties: {a: {type: boolean}}}\nB: {type: string, enum: [x, y]}\n"
    )
    schemas, _, findings = read(tmp_path, text)
    assert findings == []
    record = schemas.definitions["T"]
    assert isinstance(record, Record)
    first, second = record.fields
    assert (first.type, first.description, first.access, first.required) == (Named("A"), "Mine.", "readOnly", True)
    assert (second.type, second.default, second.notes.deprecated) == (Named("B"), "x", True)


def test_all_of_is_one_flat_record(tmp_path: Path) -> None:
    text = (
        "T: {allOf: [{$ref: '#/A'}, {type: object, properties: {b: {type: boolean}}}]}\n"
        "A: {type: object, required: [a], properties: {a: {type: boolean}}}\n"
    )
    schemas, _, findings = read(tmp_path, text)
    record = schemas.definitions["T"]
    assert isinstance(record, Record)
    assert ([(one.name, one.required) for one in record.fields], findings) == ([("a", True), ("b", False)], [])


@pytest.mark.parametrize(
    "schema",
    [
        "{type: array, items: {$ref: '#/T'}}",
        "{type: object, additionalProperties: {$ref: '#/T'}}",
        "{oneOf: [{$ref: '#/T'}, {type: 'null'}]}",
        "{allOf: [{$ref: '#/T'}, {type: object, properties: {a: {type: boolean}}}]}",
        "{type: array, items: {$ref: '#/More'}}\nMore: {oneOf: [{$ref: '#/T'}, {type: 'null'}]}",
    ],
)
def test_what_is_no_type_of_its_own_does_not_hold_itself(tmp_path: Path, schema: str) -> None:
    assert "R003" in read(tmp_path, f"T: {schema}\n")[2]


@pytest.mark.parametrize(
    "schema",
    [
        "{type: array, items: {$ref: '#/R'}}",
        "{type: object, additionalProperties: {$ref: '#/R'}}",
        "{oneOf: [{$ref: '#/R'}, {type: 'null'}]}",
        "{allOf: [{$ref: '#/R'}]}",
    ],
)
def test_what_is_no_type_of_its_own_may_hold_itself_by_a_record(tmp_path: Path, schema: str) -> None:
    record = "R: {allOf: [{$ref: '#/P'}]}\nP: {type: object, required: [more], properties: {more: {$ref: '#/T'}}}\n"
    schemas, _, findings = read(tmp_path, f"T: {schema}\n{record}")
    found = schemas.definitions["T" if "allOf" in schema else "R"]
    assert isinstance(found, Record)
    assert ([one.name for one in found.fields], findings) == (["more"], [])


def test_a_type_may_refer_to_itself(tmp_path: Path) -> None:
    schemas, _, findings = read(
        tmp_path, "T: {type: object, properties: {more: {type: array, items: {$ref: '#/T'}, default: []}}}\n"
    )
    record = schemas.definitions["T"]
    assert isinstance(record, Record)
    assert (record.fields[0].type, findings) == (ListOf(Named("T")), [])


def test_a_record_that_is_a_part_of_itself_is_a_finding(tmp_path: Path) -> None:
    text = "T:\n  allOf:\n    - {$ref: '#/U'}\nU:\n  allOf:\n    - {$ref: '#/T'}\n"
    assert read(tmp_path, text)[2] == ["R003"]

"""Texts, numbers and flags: what arrives of their keywords, and what is said of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.scalars import is_default
from tests.codegen.importer.documents import read

WIDTH = "I014 integers without a width have 64 bits, or 32 where their bounds fit"


@pytest.mark.parametrize(
    ("schema", "here", "losses"),
    [
        ({"type": "integer"}, {"type": "integer", "format": "int64"}, [WIDTH]),
        ({"type": "integer", "minimum": 1, "maximum": 100.0}, {"type": "integer", "format": "int64", "minimum": 1, "maximum": 100}, [WIDTH]),
        ({"type": "integer", "minimum": 1, "maximum": 100}, {"type": "integer", "format": "int32", "minimum": 1, "maximum": 100}, [WIDTH]),
        ({"type": "integer", "format": "int32", "exclusiveMinimum": 0, "exclusiveMaximum": 10}, {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9}, []),
        ({"type": "integer", "format": "uint8"}, {"type": "integer", "format": "int32", "minimum": 0, "maximum": 255}, ["I014 Thing is int32 with the bounds of uint8"]),
        ({"type": "integer", "format": "int32", "maximum": 2**31 - 1}, {"type": "integer", "format": "int32"}, []),
        ({"type": "integer", "format": "int64", "maximum": 2**70}, {"type": "integer", "format": "int64"}, ["I014 maximum of Thing is cut to that of int64"]),
        ({"type": "integer", "format": "int64", "const": 3}, {"type": "integer", "format": "int64", "minimum": 3, "maximum": 3}, []),
        ({"type": "integer", "format": "int64", "minimum": 9, "maximum": 1}, {"type": "integer", "format": "int64"}, ["I012 the bounds of Thing leave no value, and are left out"]),
        ({"type": "number", "format": "double", "minimum": 0}, {"type": "number", "format": "double", "minimum": 0}, []),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25},
         {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25}, []),
        ({"type": "number", "exclusiveMinimum": 1, "maximum": 1}, {"type": "number"}, ["I012 the bounds of Thing leave no value, and are left out"]),
        ({"type": "integer", "format": "int32", "multipleOf": 5.0}, {"type": "integer", "format": "int32", "multipleOf": 5}, []),
        ({"type": "integer", "format": "int32", "multipleOf": 0.5}, {"type": "integer", "format": "int32"}, ["I012 'multipleOf' of Thing is left out: 0.5"]),
        ({"type": "string", "format": "uuid", "pattern": "^a", "maxLength": 36}, {"type": "string", "format": "uuid", "maxLength": 36, "pattern": "^a"}, []),
        ({"type": "string", "format": "uuid", "maxLength": 20}, {"type": "string", "format": "uuid"}, ["I012 the lengths of Thing leave no text, and are left out"]),
        ({"type": "string", "format": "email", "maxLength": 20}, {"type": "string", "format": "email", "maxLength": 20}, []),
        ({"type": "number", "format": "float"}, {"type": "number"}, ["I012 'format' of Thing is left out: 'float'"]),
        ({"type": "boolean", "const": True}, {"type": "boolean"}, ["I012 'const' of Thing is left out: True"]),
        ({"type": "string", "format": "guid"}, {"type": "string", "format": "uuid"}, []),
        ({"type": "string", "format": "phone"}, {"type": "string"}, ["I012 'format' of Thing is left out: 'phone'"]),
        ({"type": "string", "format": "binary"}, {"type": "string", "contentEncoding": "base64"}, ["I014 Thing is bytes, and base64 in JSON"]),
        ({"type": "string", "minLength": 9, "maxLength": 1}, {"type": "string"}, ["I012 the lengths of Thing leave no text, and are left out"]),
        ({"type": "string", "pattern": "(?=a)b"}, {"type": "string"}, ["I012 'pattern' of Thing is left out: '(?=a)b'"]),
        ({"type": "string", "const": "a", "maxLength": 3}, {"type": "string", "const": "a"}, []),
        ({"type": "string", "x-faker": "name", "title": "T"}, {"type": "string"}, ["I020 'title' of schemas is left out", "I020 the extension 'x-faker' is not read"]),
    ],
)  # fmt: skip
def test_each_keyword_arrives_or_is_said(tmp_path: Path, schema: Any, here: Any, losses: list[str]) -> None:
    found = read(tmp_path, schema)
    assert (found.schema, sorted(found.said)) == (here, losses)


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    [({"type": "integer", "format": "int32"}, 2**31, False), ({"type": "integer", "format": "int64", "minimum": 1}, 1, True),
     ({"type": "integer", "format": "int64"}, True, False), ({"type": "number", "maximum": 1}, 2, False), ({"type": "string", "maxLength": 1}, "ab", False),
     ({"type": "string", "format": "date"}, "2020-01-01", True), ({"type": "string", "format": "date"}, "2020-02-30", False),
     ({"type": "string", "format": "email"}, "a@example.org", True), ({"type": "string", "format": "email"}, "a", False),
     ({"type": "string", "format": "decimal"}, "1.5", True), ({"type": "string", "format": "date-time"}, "2020-01-01T00:00:00Z", False),
     ({"type": "string", "enum": ["a", "b"]}, "b", True), ({"type": "string", "enum": ["a", "b"]}, "c", False), ({"type": "integer", "enum": [1]}, True, False), ({"type": "boolean"}, False, True), ({"type": "number", "exclusiveMinimum": 1}, 1, False), ({"type": "number", "multipleOf": 0.1}, 0.3, True), ({"type": "array"}, [], False)],
)  # fmt: skip
def test_a_default_is_kept_where_it_surely_fits(schema: object, value: object, fits: bool) -> None:
    assert is_default(schema, value) == fits

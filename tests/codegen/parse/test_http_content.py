"""What a body holds is read from its media types: JSON, a form, or bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.operations import Contract, Operation
from codegen.ir.types import File, ListOf
from codegen.parse.http_content import MEDIA_RANGE, read_content
from tests.codegen.contracts import contract_of
from tests.codegen.parse.http_parts import found, part


def operation(contract: Contract, name: str) -> Operation:
    return next(one for one in contract.operations if one.name == name)


def test_bytes_are_one_field_and_one_result(tmp_path: Path) -> None:
    contract = contract_of("p80_bytes", tmp_path)
    put, turn = operation(contract, "put_picture"), operation(contract, "turn_raw")
    assert put.http
    assert (put.http.body, put.http.file, put.http.form) == (("content",), "content", False)
    assert [one.type for one in put.request.fields if one.name == "content"] == [
        File(1000, ("image/png", "image/jpeg"))
    ]
    assert [one.type for one in turn.request.fields if one.name == "content"] == [File(5)]
    assert turn.result.file == File(5, ("application/octet-stream",))
    assert operation(contract, "get_picture").result.file == File(1000, ("image/*",))


def test_the_parts_of_a_form_are_fields(tmp_path: Path) -> None:
    form = operation(contract_of("p80_bytes", tmp_path), "send_form")
    assert form.http
    assert form.http.form
    types = {one.name: one.type for one in form.request.fields}
    assert types["pictures"] == ListOf(File(100, ("image/png", "image/jpeg")), 1, 3)
    assert (types["text"], types["any"]) == (File(10, ("text/plain",)), File(10))


def test_bytes_need_no_message(tmp_path: Path) -> None:
    """The case has no proto at all, and `fix` would have none to write."""
    contract = contract_of("p80_bytes", tmp_path)
    assert all(one.has_bytes and not one.has_rpc for one in contract.operations)


@pytest.mark.parametrize("text", ["*/*", "image/*", "application/vnd.api+json", "text/plain"])
def test_media_ranges(text: str) -> None:
    assert MEDIA_RANGE.fullmatch(text)


@pytest.mark.parametrize("text", ["image", "*/png", "Image/png", "text/plain; charset=utf-8", "a/b/c", ""])
def test_what_is_no_media_range(text: str) -> None:
    assert not MEDIA_RANGE.fullmatch(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("content: {application/json: {schema: {type: string}}}", []),
        ("description: none", []),
        ("content: {text/plain: {schema: {type: string, maxLength: 1}}}", ["O012:1"]),
        ("content: {application/json: {schema: {type: string}}, text/plain: {}}", ["O012:1"]),
        ("content: {application/json: {}}", ["O012:1"]),
        ("content: {application/x-www-form-urlencoded: {schema: {type: object}}}", ["O012:1"]),
        ("content: {multipart/form-data: {schema: {type: object}}}", ["O012:1"]),
        ("content: []", ["O012:1"]),
        ("content: {}", ["O012:1"]),
        ("content:\n  application/json:\n    schema: {type: string}\n    encoding: {}", ["O003:4"]),
        ("content: {text/plain: {schema: {type: string, format: binary, maxLength: 1}}}", []),
        ("content: {text/plain: {schema: {type: [string, 'null'], format: binary, maxLength: 1}}}", ["O012:1"]),
        ("content: {text/plain: 1}", ["O012:1"]),
    ],
)
def test_content_is_json_with_a_schema_or_bytes(tmp_path: Path, text: str, expected: list[str]) -> None:
    """An answer; a form is a body's alone."""
    sources, _, node = part(tmp_path, text)
    content = read_content(sources, node, "the answer")
    assert found(sources) == expected
    assert (content is None) == (text == "description: none")
    has_content = content is not None and (content.schema is not None or content.file is not None)
    assert has_content == (text != "description: none" and "O012:1" not in expected)

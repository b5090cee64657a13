"""The SDKs' names follow from the word, or from the operation and from what it answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codegen.ir.types import Record
from codegen.parse.methods import is_paged, method_names
from tests.codegen.contracts import shipped


@pytest.mark.parametrize(
    ("word", "paged", "names"),
    [
        (None, False, ("get_things", None)),
        (None, True, ("get_things", "paginate_get_things")),
        ("find", False, ("find", None)),
        ("find", True, ("find", "paginate_find")),
        ({"method": "find", "paginate": "walk"}, True, ("find", "walk")),
        ({"method": "find", "paginate": "walk"}, False, ("find", "")),
    ],
)
def test_names(word: object, paged: bool, names: tuple[str, str | None]) -> None:
    assert method_names("get_things", word, paged=paged) == names


def test_a_cursor_alone_or_a_next_one_alone_is_no_paging() -> None:
    contract = shipped()
    operation = next(one for one in contract.operations if one.name == "get_paginated_artists")
    assert is_paged(operation.request, operation.result, contract.definitions)
    assert not is_paged(Record("Nothing", ()), operation.result, contract.definitions)
    assert not is_paged(operation.request, replace(operation.result, record="Artist"), contract.definitions)


def test_pages_are_known_by_their_names_in_json() -> None:
    """`nextCursor` is what both clients call it anyway; another name is no next cursor."""
    contract = shipped()
    operation = next(one for one in contract.operations if one.name == "get_paginated_artists")
    meta = contract.record("PageMeta")
    for spelled, paged in (("nextCursor", True), ("NextCursor", False)):
        fields = tuple(replace(one, json=spelled) if one.name == "next_cursor" else one for one in meta.fields)
        definitions = {**contract.definitions, "PageMeta": replace(meta, fields=fields)}
        assert is_paged(operation.request, operation.result, definitions) is paged
    fields = tuple(replace(one, json="Cursor") if one.name == "cursor" else one for one in operation.request.fields)
    assert not is_paged(replace(operation.request, fields=fields), operation.result, contract.definitions)

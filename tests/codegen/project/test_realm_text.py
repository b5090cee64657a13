"""A list of a JSON text gets entries; every other character stays."""

from __future__ import annotations

import json

import pytest

from codegen.diagnostics import Refused
from codegen.project.realm_text import with_entries

NEW = [{"name": "b", "description": 'ü " \\'}]
TEXTS = {
    "as it is written": '{\n  "other": {"roles": [1]},\n  "roles": {\n    "shop": [\n      {"name": "a"}\n    ]\n  }\n}\n',
    "by tabs": '{\n\t"roles": {\n\t\t"shop": [\n\t\t\t{"name": "a"}\n\t\t]\n\t},\n\t"z":   1.50\n}',
    "on one line": '{"roles": {"shop": [{"name": "a"}], "x": "]}"}, "roles ": 1}',
    "empty": '{"roles" : {"shop":[ ]}}',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_entries_are_added_and_all_else_stays(text: str) -> None:
    written = with_entries(text, ("roles", "shop"), NEW)
    told = json.loads(text)
    told["roles"]["shop"] += NEW
    assert json.loads(written) == told
    place = text.index("shop")
    assert written.startswith(text[: text.index("[", place) + 1])
    assert written.endswith(text[text.index("]", place) :])


def test_an_entry_is_laid_out_as_its_neighbours() -> None:
    written = with_entries(TEXTS["by tabs"], ("roles", "shop"), [{"name": "b"}])
    assert '\t\t\t{"name": "a"},\n\t\t\t{\n\t\t\t\t"name": "b"\n\t\t\t}\n\t\t]' in written


@pytest.mark.parametrize("path", [("none",), ("roles", "none"), ("roles",), ("roles", "shop", "deeper")])
def test_where_there_is_no_such_list_it_is_refused(path: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        with_entries(TEXTS["on one line"], path, NEW)

"""A template is rendered for a resource, and one that asks for what there is not is an error and never a gap."""

from __future__ import annotations

import ast

import pytest

from codegen.resource.fields import Fields
from codegen.resource.resource import Resource, columns_of
from codegen.resource.templates import FOLDER, rendered

MODULES = sorted(path.stem for path in FOLDER.glob("*.py.mako"))
GRANTS = dict.fromkeys(("ann", "bob"), ("get-notes", "create-note", "update-note", "delete-note"))


def note(words: str, *, is_owned: bool) -> Resource:
    return Resource("note", "notes", columns_of("note", Fields(words).found, {}), is_owned, GRANTS)


@pytest.mark.parametrize("is_owned", [False, True])
@pytest.mark.parametrize("words", ["text:text", "flag:bool? day:date"])
@pytest.mark.parametrize("template", MODULES)
def test_modules_are_python_whatever_the_fields(template: str, words: str, is_owned: bool) -> None:
    ast.parse(rendered(template, note(words, is_owned=is_owned)))


def test_every_statement_of_an_owned_resource_asks_for_the_owner() -> None:
    owned, shared = (rendered("repository.py", note("text:text", is_owned=one)) for one in (True, False))
    assert 'bindparam("caller") == row.owner' in owned
    assert "owner" not in shared
    assert "caller" not in shared


def test_a_template_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        rendered("nothing.py", note("text:text", is_owned=False))

"""A method per operation, under the name that the contract says, with every field as a keyword."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.emit.python_client.api import Flavour, emit_api
from codegen.ir.operations import Contract
from codegen.ir.types import Field, String
from tests.codegen.contracts import contract_of, shipped


def methods(contract: Contract) -> dict[str, ast.AsyncFunctionDef | ast.FunctionDef]:
    return {
        f"{node.name}.{inner.name}": inner
        for node in ast.parse(emit_api(contract, "x", Flavour.ASYNCHRONOUS).data).body
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, ast.AsyncFunctionDef | ast.FunctionDef)
    }


def test_methods_are_named_by_the_contract(tmp_path: Path) -> None:
    assert {"AsyncArtistsApi.create", "AsyncArtistsApi.paginate", "AsyncArtistsApi.get_page"} <= set(methods(shipped()))
    found = methods(contract_of("p73_sdk_words", tmp_path))
    assert {"AsyncThingsApi.import_", "AsyncThingsApi.every", "AsyncThingsApi.paginate_get_pages"} <= set(found)


def test_fields_are_keywords_and_what_may_be_left_out_is() -> None:
    create = methods(shipped())["AsyncArtistsApi.create"].args
    assert [one.arg for one in create.args] == ["self"]
    assert [one.arg for one in create.kwonlyargs] == ["name", "bio", "born_on", "timeout_s", "idempotency_key"]
    assert [default is None for default in create.kw_defaults] == [True, False, False, False, False]
    assert "idempotency_key" not in [one.arg for one in methods(shipped())["AsyncArtistsApi.get"].args.kwonlyargs]


@pytest.mark.parametrize("name", ["timeout_s", "self", "models", "list", "idempotency_key"])
def test_a_field_of_any_name_has_its_keyword(name: str) -> None:
    create = next(one for one in shipped().operations if one.name == "create_artist")
    request = replace(create.request, fields=(Field(name, String(), True),))
    changed = replace(shipped(), operations=(replace(create, request=request),))
    keywords = [one.arg for one in methods(changed)["AsyncArtistsApi.create"].args.kwonlyargs]
    assert len(set(keywords) | {"self"}) == len(keywords) + 1
    assert keywords[0].rstrip("_") == name.rstrip("_")


@pytest.mark.parametrize("text", ['"""', "\\", 'ends with "', "line\nline", "bell\x07", "\u2028"])
def test_text_of_the_contract_stays_text(text: str) -> None:
    create = next(one for one in shipped().operations if one.name == "create_artist")
    changed = replace(shipped(), operations=(replace(create, summary=text, description=text * 3),))
    assert ast.get_docstring(methods(changed)["AsyncArtistsApi.create"])

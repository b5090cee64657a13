"""One abstract method per operation; without it nothing starts."""

from __future__ import annotations

import ast
from dataclasses import replace
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from codegen.emit.service import handlers as emitter
from codegen.ir.operations import Contract, Result
from codegen.ir.topics import guarded_topics, question
from generated import handlers
from generated.handlers import ArtistsHandler, Handlers
from tests.codegen.contracts import contract_of, shipped


def classes(contract: Contract) -> dict[str, ast.ClassDef]:
    (file,) = emitter.emit(contract)
    return {node.name: node for node in ast.parse(file.data).body if isinstance(node, ast.ClassDef)}


def methods(kind: ast.ClassDef) -> dict[str, ast.AsyncFunctionDef]:
    return {node.name: node for node in kind.body if isinstance(node, ast.AsyncFunctionDef)}


def test_each_feature_has_its_class_and_its_place_in_the_registry() -> None:
    contract = shipped()
    found = classes(contract)
    fields = {
        one.target.id: ast.unparse(one.annotation)
        for one in found.pop("Handlers").body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    }
    assert len(contract.features) > 1
    assert [f"{kind}[ContextT]" for kind in found] == list(fields.values())
    assert tuple(fields) == contract.features
    asked = [question(topic.name) for topic in guarded_topics(contract)]
    assert asked == ["may_follow_artists_by_artist_id"]
    assert sorted(name for kind in found.values() for name in methods(kind)) == sorted(
        [*(one.name for one in contract.operations), *asked]
    )


def test_a_method_takes_its_request_answers_its_record_and_must_be_written(tmp_path: Path) -> None:
    method = methods(classes(contract_of("p17_union", tmp_path))["ThingsHandler"])["send_thing"]
    assert ast.unparse(method.args) == "self, context: ContextT, request: SendThingRequest"
    assert method.returns
    assert ast.unparse(method.returns) == "Thing"
    assert [ast.unparse(one) for one in method.decorator_list] == ["abstractmethod"]


def test_without_content_the_answer_is_none_and_a_summary_is_only_text(tmp_path: Path) -> None:
    contract = contract_of("p17_union", tmp_path)
    changed = replace(contract.operations[0], result=Result(None), summary='a "quoted" \\ """ summary\nof two lines')
    method = methods(classes(replace(contract, operations=(changed,)))["ThingsHandler"])["send_thing"]
    assert method.returns
    assert ast.unparse(method.returns) == "None"
    assert ast.get_docstring(method) == 'a "quoted" \\ """ summary of two lines'


def test_every_operation_is_an_abstract_method_of_its_feature() -> None:
    for one in shipped().operations:
        kind = getattr(handlers, "".join(part.capitalize() for part in one.feature.split("_")) + "Handler")
        assert one.name in kind.__abstractmethods__
        assert list(signature(getattr(kind, one.name)).parameters) == ["self", "context", "request"]


def test_a_handler_without_a_method_cannot_be_made() -> None:
    half = type("Half", (ArtistsHandler,), {})
    with pytest.raises(TypeError, match="create_artist"):
        half()


def test_the_registry_needs_every_feature() -> None:
    given: dict[str, Any] = {name: None for name in shipped().features if name != "artists"}
    with pytest.raises(TypeError, match="artists"):
        Handlers(**given)

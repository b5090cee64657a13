"""What a feature declares is listed in the roots, and fix lists it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.fix import fix
from codegen.pipeline import load
from tests.codegen.contracts import compose, edited, rules


def test_an_operation_and_its_messages_that_the_root_forgot_are_named_and_listed_again(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("asyncapi.yaml", "  drop_thing: {$ref: 'packages/things.yaml#/operations/drop_thing'}\n", ""),
        ("asyncapi.yaml", "      drop_thing_done: {$ref: 'packages/things.yaml#/messages/drop_thing_done'}\n", ""),
        case="p51_everything",
    )
    assert "A015" in rules(loaded)
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    assert "  drop_thing: {$ref: 'packages/things.yaml#/operations/drop_thing'}\n" in fixed.texts["specs/asyncapi.yaml"]


def test_a_path_item_that_nothing_refers_to_is_named(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("openapi.yaml", "  /livez: {$ref: 'http/system.yaml#/livez'}\n", ""))
    assert "O015" in rules(loaded)


@pytest.mark.parametrize(
    "file",
    [
        "extra.yaml",
        "schemas/more.yml",
        "schemas/sub/more.yaml",
        "http/v2/a.yaml",
        "packages/a.json",
        "proto/more.yaml",
        "proto/sub/buf.yaml",
    ],
)
def test_a_file_that_nothing_reads_is_named(tmp_path: Path, file: str) -> None:
    specs = compose("p51_everything", tmp_path)
    (specs / file).parent.mkdir(exist_ok=True)
    (specs / file).write_text("{}")
    assert [(one.rule, one.place.file) for one in load(specs).findings] == [("F004", f"specs/{file}")]


@pytest.mark.parametrize(
    "file", ["README.md", "proto/buf.yaml", "proto/buf.gen.yaml", ".redocly.yaml", "http/.old/a.yaml"]
)
def test_a_file_of_another_tool_is_left_alone(tmp_path: Path, file: str) -> None:
    specs = compose("p51_everything", tmp_path)
    (specs / file).parent.mkdir(exist_ok=True)
    (specs / file).write_text("{}")
    assert not len(load(specs).findings)

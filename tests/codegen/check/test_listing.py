"""What a feature declares is listed in the roots, and fix lists it."""

from __future__ import annotations

from pathlib import Path

from codegen import fix
from tests.codegen.contracts import edited, rules


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

"""A number is used once, never changes, and never comes back with another meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

PROTO, PACKAGES = "proto/authors.proto", "packages/authors.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        (PACKAGES, "x-pkg-id: 3\n", "x-pkg-id: 1\n", "N001"),
        (PACKAGES, "x-pkg-id: 3\n", "x-pkg-id: 99\n", "N004"),
        ("contract.lock", "  CREATE_AUTHOR: 3\n", "  REMOVED_ONE: 3\n", "N002"),
        ("contract.lock", "  CREATE_AUTHOR: 3\n", "", "N003"),
        ("contract.lock", "AuthorCreated: {author: 1}", "AuthorCreated: {}", "N003"),
        ("contract.lock", "AuthorCreated: {author: 1}", "AuthorCreated: {author: 2}", "N004"),
        ("contract.lock", "AuthorCreated: {author: 1}", "AuthorCreated: {writer: 1}", "N005"),
        ("contract.lock", "AuthorCreated: {author: 1}", "AuthorCreated: {author: 1, old: 2}", "N006"),
    ],
)
def test_a_number_that_disagrees_with_the_lock_is_named(
    tmp_path: Path, file: str, old: str, new: str, rule: str
) -> None:
    assert rule in rules(edited(tmp_path, (file, old, new)))


def test_a_reserved_number_is_at_peace_with_the_lock(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        ("contract.lock", "AuthorCreated: {author: 1}", "AuthorCreated: {author: 1, old: 2}"),
        (PROTO, "message AuthorCreated {\n", 'message AuthorCreated {\n  reserved 2;\n  reserved "old";\n'),
    )
    assert not len(loaded.findings), loaded.report()

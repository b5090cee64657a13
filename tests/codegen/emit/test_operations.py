"""Every operation is declared with its policy, deny by default."""

from __future__ import annotations

from generated.operations import BUCKETS, EVENTS, OPERATIONS, ROLES, TOPICS, Audit, Idempotency, PkgId
from tests.codegen.contracts import shipped


def test_each_operation_is_what_the_contract_says() -> None:
    for one in shipped().operations:
        found = OPERATIONS[one.name]
        assert (found.roles, found.pkg_id, found.timeout_s, found.errors) == (
            one.roles,
            one.pkg_id,
            one.timeout_s,
            one.errors,
        )
        assert found.bucket == (BUCKETS[one.bucket] if one.bucket else None)


def test_passwords_and_tokens_are_known_to_be_sensitive() -> None:
    assert OPERATIONS["login"].sensitive == {"password"}
    assert OPERATIONS["create_author"].idempotency is Idempotency.KEY
    assert OPERATIONS["create_author"].audit is Audit.REQUIRED


def test_numbers_names_and_topics() -> None:
    assert (PkgId.GET_AUTHORS, PkgId.CREATE_AUTHOR, PkgId.AUTHOR_CREATED) == (1, 3, 1001)
    assert EVENTS["author_created"].topic in TOPICS
    assert "admin" in ROLES

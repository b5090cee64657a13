"""Every operation is declared with its policy, deny by default."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codegen.emit.service import operations
from codegen.emit.service.operations import roles
from codegen.ir.operations import Bucket, Contract, Roles, Topic
from generated.operations import BUCKETS, EVENTS, OPERATIONS, ROLES, TOPICS, Audit, Idempotency, PkgId
from tests.codegen.compiled import both_ways, contract_with
from tests.codegen.contracts import contract_of, shipped

ODD = 'it\'s "odd" \\ {x}'


def emitted(folder: Path, contract: Contract) -> dict[str, Any]:
    """The module as it would be, run from a file of its own."""
    (file,) = operations.emit(contract)
    path = folder / "emitted_operations.py"
    path.write_bytes(file.data)
    return runpy.run_path(str(path), run_name="emitted_operations")


@pytest.mark.parametrize(
    "value",
    [
        None,
        (frozenset[str](),),
        (frozenset({"a"}),),
        (frozenset({"a", "b-c"}), frozenset({"d"})),
        (frozenset[str](), frozenset({ODD})),
    ],
)
def test_roles_come_back_from_their_text(tmp_path: Path, value: Roles) -> None:
    path = tmp_path / "roles.py"
    path.write_text(f"roles = {roles(value)}\n")
    assert runpy.run_path(str(path))["roles"] == value


def test_the_words_of_an_operation_are_its_policy(tmp_path: Path) -> None:
    found = emitted(tmp_path, contract_of("p36_words", tmp_path))["OPERATIONS"]["make_thing"]
    assert (found.audit, found.idempotency, found.timeout_s, found.bucket) == ("none", "key", 0.25, None)
    assert {"thing_taken", "thing_not_found", "idempotency_key_reused"} <= set(found.errors)
    assert (found.feature, found.is_query, found.publishes) == ("things", False, ())


def test_who_may_call_and_what_is_never_logged(tmp_path: Path) -> None:
    public = emitted(tmp_path, contract_of("p32_public", tmp_path / "a"))["OPERATIONS"]
    either = emitted(tmp_path, contract_of("p33_alternative_roles", tmp_path / "b"))["OPERATIONS"]
    hidden = contract_of("p37_sensitive", tmp_path / "c")
    assert [one.roles for one in public.values()] == [None]
    assert [one.roles for one in either.values()] == [(frozenset({"auditor"}), frozenset({"reader"}))]
    for operation in hidden.operations:
        names = {one.name for one in operation.request.fields if one.sensitive}
        assert emitted(tmp_path, hidden)["OPERATIONS"][operation.name].sensitive == names
    assert any(one.sensitive for operation in hidden.operations for one in operation.request.fields)


def test_what_is_sensitive_inside_of_a_request_is_known(tmp_path: Path) -> None:
    fields = "login: {$ref: '#/Login'}"
    login = "Login:\n  type: object\n  required: [word]\n  properties: {word: {type: string, x-sensitive: true}}\n"
    contract = contract_with(tmp_path, both_ways(fields, login))
    assert emitted(tmp_path, contract)["OPERATIONS"]["send_thing"].sensitive != frozenset()


def test_events_buckets_and_topics_are_values(tmp_path: Path) -> None:
    contract = contract_of("p34_events", tmp_path)
    buckets = (Bucket(ODD, 3, 0.25, "ip", "closed"),)
    topics = (Topic("loud", 0, 60.0, "must-deliver"), Topic("quiet", 1, 0.5, "latest"))
    free = tuple(replace(one, bucket=None) for one in contract.operations)
    names = emitted(tmp_path, replace(contract, buckets=buckets, topics=topics, operations=free))
    bucket = names["BUCKETS"][ODD]
    assert (bucket.name, bucket.limit, bucket.window_s, bucket.key, bucket.when_down) == (ODD, 3, 0.25, "ip", "closed")
    assert [(one.history, one.keep_s, one.must_deliver) for one in names["TOPICS"].values()] == [
        (0, 60.0, True),
        (1, 0.5, False),
    ]
    assert {name: (one.pkg_id, one.topics) for name, one in names["EVENTS"].items()} == {
        "thing_made": (1001, ("things",)), "alert_raised": (1002, ("alerts",)),
    }  # fmt: skip
    assert [(one.name, int(one)) for one in names["PkgId"]] == [
        ("MAKE_THING", 1),
        ("THING_MADE", 1001),
        ("ALERT_RAISED", 1002),
    ]


def test_without_a_socket_there_are_no_numbers(tmp_path: Path) -> None:
    assert list(emitted(tmp_path, contract_of("p30_rest_only", tmp_path))["PkgId"]) == []


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
    assert OPERATIONS["create_artist"].idempotency is Idempotency.KEY
    assert OPERATIONS["create_artist"].audit is Audit.REQUIRED


def test_numbers_names_and_topics() -> None:
    assert (PkgId.GET_ARTISTS, PkgId.CREATE_ARTIST, PkgId.ARTIST_CREATED) == (1, 3, 1001)
    assert set(EVENTS["artist_created"].topics) <= TOPICS.keys()
    assert "admin" in ROLES

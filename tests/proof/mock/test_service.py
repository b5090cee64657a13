"""The mock answers by the contract and by what was done before: in every contract with what fits, refused with what is declared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, seed
from hypothesis.errors import Unsatisfiable

from codegen.ir.operations import Operation
from proof.documents import Json
from proof.drawing import drawing
from proof.mock.callers import User
from proof.mock.refusal import Refusal
from proof.mock.service import Answered, Asked, Mock
from proof.mock.topics import Attendance, Told
from tests.codegen.contracts import CASES, contract_of, edited, shipped
from tests.proof.mock.mocks import mock_of

EVE = User("eve", frozenset())
POSITIVE = sorted(path.parent.name for path in CASES.glob("p*/expected"))
CHOSEN = ("p19_union_nested", "p28_pages", "p51_everything", "p52_union_result", "p56_patch", "p69_discriminator")
UNDRAWN = {"p76_bounds_beside_a_form"}
"""Of whose requests `proof.values` draws too few."""


def ask(mock: Mock, operation: str, key: str = "", versions: tuple[int, ...] = (), **fields: Any) -> Any:
    return answered(mock, operation, fields, key, versions).value


def answered(mock: Mock, operation: str, fields: Json, key: str = "", versions: tuple[int, ...] = ()) -> Answered:
    return mock.answer(Asked(mock.operations[operation], fields, EVE, key, versions))


def refused(mock: Mock, operation: str, key: str = "", **fields: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        ask(mock, operation, key, **fields)
    return refusal.value.code


def test_what_is_only_written_is_in_no_answer_however_deep(tmp_path: Path) -> None:
    owner: Json = {"name": "Eve", "pin": "1234"}
    thing: Json = {"name": "Ada", "secret": "abc", "owner": owner, "shape": {"kind": "circle", "radius": 1.0}}
    optional = ("schemas/things.yaml", "  required: [id, name, pin]\n", "  required: [name, pin]\n")
    presence = ("proto/things.proto", "message Owner {\n  int64 id", "message Owner {\n  optional int64 id")
    loaded = edited(tmp_path, optional, presence, case="p81_directions")
    assert not loaded.findings, loaded.report()
    mock = mock_of(loaded.contract)
    answer = ask(
        mock, "send_thing", **thing, former=[owner], by_role={"a": owner}, spare=owner, holder={"thing": owner}
    )
    assert mock.forms.fits(mock.operations["send_thing"].result.record or "", answer)
    assert "1234" not in repr(answer)
    assert "abc" not in repr(answer)


def asked_for_anything(mock: Mock, operation: Operation) -> None:
    """Whatever fits is answered by what fits, or refused by what is declared; never as unfit."""

    @seed(1)
    @drawing(6)
    @given(mock.forms.values.valid(mock.forms.request(operation)))
    def look(fields: Json) -> None:
        try:
            value = mock.answer(Asked(operation, fields, EVE)).value
        except Refusal as refusal:
            assert refusal.code in operation.errors
            assert refusal.code != "invalid_data", (fields, refusal.faults, refusal.detail)
            return
        assert operation.result.record is None or mock.forms.fits(operation.result.record, value), (fields, value)

    look()


@pytest.mark.parametrize(
    "case", [one if one in CHOSEN else pytest.param(one, marks=pytest.mark.long) for one in POSITIVE]
)
def test_whatever_fits_is_answered_by_what_fits(case: str, tmp_path: Path) -> None:
    mock = mock_of(contract_of(case, tmp_path))
    for operation in mock.contract.operations:
        if operation.has_bytes or operation.session is not None:
            continue
        try:
            asked_for_anything(mock, operation)
        except Unsatisfiable:
            assert case in UNDRAWN


def test_what_was_made_is_read_changed_and_deleted_and_then_not_found() -> None:
    mock = mock_of(shipped())
    made = ask(mock, "create_artist", name="Mary", bio="b")
    assert (made["name"], made["bio"], made["born_on"], made["version"]) == ("Mary", "b", None, 1)
    assert ask(mock, "get_artist", artist_id=made["id"]) == made
    changed = ask(mock, "update_artist", artist_id=made["id"], name="Anna")
    assert changed == {**made, "name": "Anna", "bio": None, "version": 2}
    assert ask(mock, "get_artist", artist_id=made["id"]) == changed
    assert changed in ask(mock, "get_artists")["items"]
    assert ask(mock, "delete_artist", artist_id=made["id"]) is None
    assert refused(mock, "get_artist", artist_id=made["id"]) == "artist_not_found"
    assert refused(mock, "update_artist", artist_id=made["id"], name="x") == "artist_not_found"
    assert refused(mock, "delete_artist", artist_id=made["id"]) == "artist_not_found"
    assert changed not in ask(mock, "get_artists")["items"]


def test_there_are_rows_before_anybody_has_made_one() -> None:
    assert [one["id"] for one in ask(mock_of(shipped(), rows=2), "get_artists")["items"]] == [1, 2]
    assert ask(mock_of(shipped(), rows=0), "get_artists")["items"] == []


def test_an_identity_is_given_once() -> None:
    mock = mock_of(shipped())
    ids = [ask(mock, "create_artist", name="x")["id"]]
    ask(mock, "delete_artist", artist_id=ids[0])
    ids += [ask(mock, "create_artist", name="x")["id"] for _ in range(20)]
    assert len(set(ids)) == 21


def test_a_version_that_is_not_stored_is_refused() -> None:
    mock = mock_of(shipped())
    made = ask(mock, "create_artist", name="x")
    stale = {"artist_id": made["id"], "name": "y", "expected_version": 9}
    assert refused(mock, "update_artist", **stale) == "version_mismatch"
    changed = answered(mock, "update_artist", stale, versions=(8, 1)).value
    assert changed is not None
    assert changed["name"] == "y"
    assert refused(mock, "delete_artist", artist_id=made["id"], expected_version=1) == "version_mismatch"


def test_a_list_is_filtered_and_paged() -> None:
    mock = mock_of(shipped(), rows=5)
    assert [one["id"] for one in ask(mock, "get_artists", id=3)["items"]] == [3]
    assert ask(mock, "get_artists", name="nobody")["meta"]["total"] == 0
    page = ask(mock, "get_paginated_artists", per_page=2)
    rest = ask(mock, "get_paginated_artists", per_page=5, cursor=page["meta"]["next_cursor"])
    assert [one["id"] for one in page["items"] + rest["items"]] == [1, 2, 3, 4, 5]
    assert refused(mock, "get_paginated_artists", cursor="never") == "cursor_invalid"


def test_a_key_answers_the_same_again() -> None:
    mock = mock_of(shipped())
    first = answered(mock, "create_artist", {"name": "x"}, "k")
    again = answered(mock, "create_artist", {"name": "x"}, "k")
    assert (first.is_replayed, again.is_replayed, again.value) == (False, True, first.value)
    assert refused(mock, "create_artist", "k", name="y") == "idempotency_key_reused"


def test_a_call_s_event_tells_what_it_answered() -> None:
    mock, heard = mock_of(shipped()), list[Told]()

    class Ear:
        user = "eve"

        def hear(self, told: Told) -> None:
            heard.append(told)

        def attend(self, told: Attendance) -> None:
            raise AssertionError(told)

    ear = Ear()
    mock.topics.follow("artists", ear)
    made = ask(mock, "create_artist", name="x")
    assert [one.data for one in heard] == [{"artist": made}]


@pytest.mark.parametrize(
    ("user", "code"),
    [(None, "unauthenticated"), (User("a", frozenset()), "forbidden"), (User("b", frozenset({"get-artists"})), "")],
)
def test_roles_are_asked_for(user: User | None, code: str) -> None:
    mock = mock_of(shipped())
    try:
        mock.authorise(mock.operations["get_artist"], user)
    except Refusal as refusal:
        assert refusal.code == code
    else:
        assert code == ""
    mock.authorise(mock.operations["login"], user)


def test_a_session_begins_goes_on_and_has_tickets() -> None:
    mock = mock_of(shipped())
    tokens = ask(mock, "login", username="eve", password="any")
    assert mock.callers.bearer(tokens["access_token"]) is not None
    again = ask(mock, "refresh", refresh_token=tokens["refresh_token"])
    assert mock.callers.bearer(again["access_token"]) is not None
    assert refused(mock, "refresh", refresh_token="never") == "credentials_invalid"
    assert ask(mock, "logout", refresh_token=tokens["refresh_token"]) is None
    assert mock.callers.redeem(ask(mock, "create_ws_ticket")["ticket"]) == EVE


def test_the_same_seed_and_calls_answer_the_same() -> None:
    first, second, other = (ask(mock_of(shipped(), seed=one), "create_artist", name="x") for one in (1, 1, 2))
    assert first == second != other


def test_after_a_reset_all_is_as_at_the_start() -> None:
    mock = mock_of(shipped())
    first = ask(mock, "create_artist", name="x")
    mock.reset()
    assert len(ask(mock, "get_artists")["items"]) == 3
    assert ask(mock, "create_artist", name="x")["id"] == first["id"]


def test_where_an_operation_has_no_word_for_what_is_not_there_it_is_made_up_and_stays(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("http/artists.yaml", "    x-errors: [artist_not_found]\n", ""))
    mock = mock_of(loaded.contract)
    found = ask(mock, "get_artist", artist_id=77)
    assert found["id"] == 77
    assert ask(mock, "get_artist", artist_id=77) == found

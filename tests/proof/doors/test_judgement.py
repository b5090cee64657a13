"""An outcome is held to the contract: to the caller's roles, to what the data breaks, to the declared codes and to the result's schema."""

from __future__ import annotations

from typing import Any

import pytest

from proof.callers import Caller
from proof.doors.door import Outcome
from proof.doors.judgement import Judgement, unaudited
from tests.codegen.contracts import shipped
from tests.proof.doors.known import Known

CONTRACT = shipped()
JUDGEMENT = Judgement(CONTRACT)
OPERATIONS = {one.name: one for one in CONTRACT.operations}
ARTIST = {
    "id": 1, "name": "Ann", "bio": None, "born_on": None, "created_at": "2020-01-01T00:00:00Z",
    "updated_at": "2020-01-01T00:00:00Z", "version": 1,
}  # fmt: skip
PAGE = {"page": 1, "per_page": 20, "total": 1, "pages": 1, "next_cursor": None, "has_more": False}


EDITOR, NOBODY, STRANGER = Known("create-artist", "get-artists"), Known(), Caller("anonymous")


@pytest.mark.parametrize(
    ("operation", "outcome", "caller", "broken", "said"),
    [
        ("create_artist", Outcome("ok", ARTIST), EDITOR, "", ""),
        ("create_artist", Outcome("ok", ARTIST | {"id": "1"}), EDITOR, "", "does not fit its schema"),
        ("create_artist", Outcome("ok", ARTIST), NOBODY, "", "ann may not, and is answered 'ok'"),
        ("create_artist", Outcome("forbidden"), NOBODY, "", ""),
        ("create_artist", Outcome("forbidden"), EDITOR, "", "ann may, and is answered 'forbidden'"),
        ("create_artist", Outcome("invalid_data", None, ("/name",)), NOBODY, "", "may not"),
        ("create_artist", Outcome("unauthenticated"), STRANGER, "", ""),
        ("create_artist", Outcome("forbidden"), STRANGER, "", "anonymous may not"),
        ("create_artist", Outcome("invalid_data", None, ("/name",)), EDITOR, "maxLength at /name", ""),
        ("create_artist", Outcome("invalid_data", None, ("/name",)), EDITOR, "required at /", ""),
        ("create_artist", Outcome("invalid_data", None, ("/bio", "/name/0")), EDITOR, "pattern at /name", ""),
        ("create_artist", Outcome("invalid_data", None, ("/bio", "/names")), EDITOR, "pattern at /name", "is refused at /bio, /names"),
        ("create_artist", Outcome("invalid_data"), EDITOR, "pattern at /name", "is refused at no place"),
        ("create_artist", Outcome("malformed"), EDITOR, "type at /name", ""),
        ("create_artist", Outcome("ok", ARTIST), EDITOR, "maxLength at /name", "breaks maxLength at /name is answered 'ok'"),
        ("create_artist", Outcome("invalid_data", None, ("/name",)), EDITOR, "", "fits is answered 'invalid_data' at /name"),
        ("create_artist", Outcome("artist_not_found"), EDITOR, "", "none of the operation's"),
        ("create_artist", Outcome("internal"), EDITOR, "", "failure of the service"),
        ("create_artist", Outcome("rate_limited"), NOBODY, "", ""),
        ("get_artists", Outcome("ok", {"items": [ARTIST], "meta": PAGE}), EDITOR, "", ""),
        ("get_artists", Outcome("ok", {"items": [ARTIST]}), EDITOR, "", "does not fit"),
        ("delete_artist", Outcome("ok"), Known("delete-artist"), "", ""),
        ("delete_artist", Outcome("ok", {}), Known("delete-artist"), "", "does not fit"),
        ("login", Outcome("credentials_invalid"), STRANGER, "", ""),
    ],
)  # fmt: skip
def test_an_outcome_is_held_to_the_contract(
    operation: str, outcome: Outcome, caller: Caller, broken: str, said: str
) -> None:
    found = JUDGEMENT.fault(OPERATIONS[operation], outcome, caller, broken)
    assert bool(found) == bool(said)
    assert said in found


def test_what_is_audited_has_a_row_and_what_is_not_has_none() -> None:
    rows: list[dict[str, Any]] = [{"action": "create_artist"}, {"action": "livez"}]
    found = unaudited(CONTRACT, {"create_artist", "get_artist", "livez"}, rows)
    assert sorted(one.partition(" is ")[0] for one in found) == ["get_artist", "livez"]
    assert unaudited(CONTRACT, {"create_artist"}, rows[:1]) == []

"""A recorded value has one counterpart today; what the client made is its own."""

from __future__ import annotations

import uuid

import pytest

from proof.traffic.matching import LASTS, MOMENT, SEALED, Kinds, Matches, Translation, key_of, secret_of
from proof.traffic.schema import Schema
from tests.proof.traffic.things import contract

ARTIST = Schema.of(contract().openapi or {}, {"$ref": "#/components/schemas/Artist"})
EXACT, LATER = "2026-01-01T00:00:00.000001Z", "2026-05-05T05:05:05.000005Z"


@pytest.mark.parametrize(
    ("name", "schema", "owner", "kind"),
    [
        ("id", Schema({}), ARTIST, "artist_id"),
        ("id", Schema({}), Schema({}), "id"),
        ("artist_id", Schema({}), Schema({}), "artist_id"),
        ("trace_id", Schema({}), Schema({}), "trace_id"),
        ("created_at", ARTIST.member("created_at"), ARTIST, MOMENT),
        ("next_cursor", Schema({}), Schema({}), SEALED),
        ("expires_in", Schema({}), Schema({}), LASTS),
        ("key", Schema({}, ({"format": "uuid"},)), Schema({}), "uuid"),
        ("name", ARTIST.member("name"), ARTIST, ""),
        ("paid", Schema({}), Schema({}), ""),
    ],
)
def test_the_contract_says_what_a_member_is(name: str, schema: Schema, owner: Schema, kind: str) -> None:
    assert Kinds(contract()).of(name, schema, owner) == kind


def test_an_id_stands_for_one_other_alone() -> None:
    matches = Matches()
    assert matches.agree("artist_id", 7, 70) == ""
    assert matches.agree("artist_id", 7, 70) == ""
    assert "was 70 before" in matches.agree("artist_id", 7, 71)
    assert "stood for '7' before" in matches.agree("artist_id", 8, 70)
    assert matches.agree("other_id", 8, 70) == ""
    assert "another type" in matches.agree("artist_id", 9, "9")


def test_what_is_only_tried_is_not_learned() -> None:
    matches = Matches()
    assert matches.agree("artist_id", 7, 70, learns=False) == ""
    assert matches.agree("artist_id", 7, 71) == ""


def test_a_known_value_is_sent_in_the_form_that_its_place_has() -> None:
    matches = Matches()
    matches.agree("artist_id", 7, 70)
    assert matches.now("artist_id", "7") == "70"
    assert matches.now("artist_id", 7) == 70
    assert matches.now("artist_id", 8) == 8
    matches.agree("other_id", "1", "2")
    assert matches.now("other_id", 1) == 2


def test_the_client_s_own_id_comes_back_as_it_is() -> None:
    matches = Matches()
    own = {("artist_id", "9")}
    assert "not what the client said" in matches.agree("artist_id", 9, 10, own)
    assert matches.agree("artist_id", 9, 9, own) == ""


def test_a_moment_is_one_moment_in_every_offset() -> None:
    matches = Matches()
    assert matches.agree(MOMENT, EXACT, LATER) == ""
    assert matches.agree(MOMENT, "2026-01-01T01:00:00.000001+01:00", LATER) == ""
    assert "before" in matches.agree(MOMENT, EXACT, EXACT)
    assert matches.agree(MOMENT, "2026-01-01T00:00:00Z", LATER) == ""
    assert matches.agree(MOMENT, "2026-01-01T00:00:00Z", EXACT) == ""
    assert "no moment" in matches.agree(MOMENT, EXACT, "today")


def test_a_moment_that_the_client_said_is_compared_for_ever() -> None:
    matches = Matches()
    matches.say(MOMENT, "2026-12-24T18:00:00Z")
    assert matches.agree(MOMENT, "2026-12-24T18:00:00Z", "2026-12-24T18:00:00Z") == ""
    assert matches.agree(MOMENT, "2026-12-24T18:00:00Z", "2026-12-24T19:00:00Z") != ""


def test_cursors_and_times_that_are_left_have_only_a_form() -> None:
    matches = Matches()
    assert matches.agree(SEALED, "a", "b") == matches.agree(SEALED, "a", "c") == ""
    assert matches.now(SEALED, "a") == "c"
    assert matches.agree(LASTS, 300, 299) == ""
    assert matches.agree(LASTS, 300, "x") != ""


def test_a_call_has_an_id_of_its_own_each_time_it_is_played() -> None:
    key = str(uuid.UUID(int=2**127 + 5))
    one, two = Matches(), Matches()
    assert one.fresh(key) == one.fresh(key) != key
    assert one.fresh(key) != two.fresh(key)
    assert one.fresh("ABCDEF01-0000-4000-8000-00000000000A").isupper()
    assert one.fresh("my key") == "my key"
    assert one.fresh("key").startswith("key.")
    assert one.agree("req_id", key, one.fresh(key)) == ""


def test_a_secret_has_one_counterpart_or_one_that_fits() -> None:
    matches = Matches()
    assert matches.learn_secret("secret-1", "value") == ""
    assert "value" not in matches.learn_secret("secret-1", "other")
    assert matches.secret("secret-1", Schema({})) == "value"
    made = matches.secret("secret-2", Schema({}, ({"minLength": 60, "maxLength": 80},)))
    assert 60 <= len(made) <= 80
    assert matches.secret("secret-2", Schema({})) == made
    assert len(matches.secret("secret-3", Schema({}, ({"maxLength": 4},)))) == 4
    assert secret_of({"$secret": "secret-1"}) == "secret-1"
    assert secret_of({"$secret": "secret-1", "more": 1}) == ""


def test_a_request_is_said_with_today_s_ids() -> None:
    matches = Matches()
    matches.agree("artist_id", 7, 70)
    translation = Translation(Kinds(contract()), matches)
    frame = {
        "pkg_id": 4,
        "req_id": str(uuid.UUID(int=3)),
        "data": {"artist_id": 7, "id": 7, "name": "7", "other_id": 5},
    }
    said = translation.frame(frame, Schema({}), ("Artist",))
    assert said["data"] == {"artist_id": 70, "id": 70, "name": "7", "other_id": 5}
    assert said["req_id"] != frame["req_id"]
    assert translation.own == {("other_id", "5")}


def test_a_key_is_its_kind_and_its_text() -> None:
    assert key_of("a_id", 7) == key_of("a_id", "7")
    assert key_of(MOMENT, "2026-01-01T00:00:00Z") == key_of(MOMENT, "2026-01-01T02:00:00+02:00")

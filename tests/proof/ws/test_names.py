"""Names with values and filters are drawn and judged as the document says them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proof.documents import DocumentError
from proof.values import Values
from proof.ws.contract import read_socket
from proof.ws.names import (
    Field,
    admits,
    fault_of,
    hearing,
    likely,
    names,
    places,
    read_topics,
    spelled,
    topic_of,
    wrong_names,
)
from proof.ws.session import NAME, said
from tests.proof.ws.test_contract import OURS

DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Kind": {"type": "string", "enum": ["note", "to/do"]},
            "Thing": {
                "properties": {
                    "id": {"type": "integer"},
                    "kind": {"$ref": "#/components/schemas/Kind"},
                    "part": {"$ref": "#/components/schemas/Thing"},
                }
            },
        }
    }
}
NUMBER = {"at": "/thing/id", "schema": {"type": "integer", "minimum": 1}}
TEXT = {"at": "/thing/name", "schema": {"type": "string", "maxLength": 5}}
FILTERS = {
    "things": {
        "thing.kind": {"at": "/thing/kind", "schema": {"$ref": "#/components/schemas/Kind"}},
        "thing.level": {"at": "/thing/the level", "schema": {"type": "integer", "minimum": 0, "maximum": 5}},
        "thing.done": {"at": "/thing/done", "schema": {"type": "boolean"}},
        "thing.key": {"at": "/thing/key", "schema": {"type": "string", "format": "uuid"}},
        "thing.name": TEXT,
    },
    "things/{thing.id}": {"thing.name": TEXT},
}
TOPICS = read_topics(
    DOCUMENT,
    ["things", "things/{thing.id}", "named/{thing.name}/all", "strange/{thing.secret}"],
    {"things/{thing.id}": {"thing.id": NUMBER}, "named/{thing.name}/all": {"thing.name": TEXT}},
    FILTERS,
)
DATA = {"thing": {"id": 7, "kind": "to/do", "the level": 3, "done": False, "key": "x", "name": "ü"}}
VALUES = Values({"components": {}})


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("things", True), ("things?thing.kind=to%2Fdo&thing.level=0", True), ("things?thing.done=true", True), ("things?thing.name=%C3%BC", True),
        ("things?thing.key=00000000-0000-0000-0000-00000000000a", True), ("things?thing.key=0", False), ("things?", False), ("things?thing.level=6", False),
        ("things?thing.level=00", False), ("things?thing.kind=red", False), ("things?thing.done=0", False), ("things?thing.name=sixsix", False),
        ("things?thing.name=%FF", False), ("things?thing.name=ü", False), ("others?thing.kind=note", False),
        ("things?" + "&".join(["thing.level=0"] * 32), True), ("things?" + "&".join(["thing.level=0"] * 33), False),
        ("things/7", True), ("things/0", False), ("things/07", False), ("things/%37", False), ("things/x", False), ("things/7?thing.name=x", True),
        ("things/7?thing.level=3", False), ("things/7?", False), ("named/%C3%BC/all", True), ("named/%c3%bc/all", False), ("named/ü/all", False),
        ("named/sixsix/all", False), ("named/a~b/all", True), ("named/a%7Eb/all", False), ("named/%FF/all", False), ("named//all", True),
        ("strange/x", True), ("no_such_topic", True),
    ],
)  # fmt: skip
def test_a_name_is_right_where_the_document_has_its_fields_and_values(name: str, is_right: bool) -> None:
    assert (fault_of(TOPICS, name) == "") is is_right


@pytest.mark.parametrize(
    ("name", "is_admitted"),
    [
        ("things", True), ("things?thing.kind=note", False), ("things?thing.kind=note&thing.kind=to/do", True), ("things?thing.level=3&thing.done=false", True),
        ("things?thing.level=3&thing.done=true", False), ("things?thing.name=%C3%BC", True), ("things/7", True), ("things/8", False),
        ("things/7?thing.name=%C3%BC", True), ("things/7?thing.name=u", False), ("named/%C3%BC/all", True), ("named/u/all", False),
    ],
)  # fmt: skip
def test_an_event_is_let_through_by_its_values(name: str, is_admitted: bool) -> None:
    assert admits(TOPICS, name, DATA) is is_admitted


def test_what_an_event_does_not_say_lets_nothing_through() -> None:
    assert not admits(TOPICS, "named/None/all", {"thing": {"id": 7}})


def test_a_name_is_of_the_topic_whose_parts_it_has() -> None:
    wanted = ("things", "things?a=1", "things/7", "named/a/all", "named/a/b/all", "named/a", "strange/x", "")
    found = [topic_of(TOPICS, one) for one in wanted]
    assert found == ["things", "things", "things/{thing.id}", "named/{thing.name}/all", "", "", "", ""]


def test_an_event_is_heard_under_the_right_names_of_its_topics_that_let_it_through() -> None:
    followed = ["things", "things/7", "things/8", "things/07", "named/%C3%BC/all", "things?thing.done=true", "others"]
    assert hearing(TOPICS, followed, ["things", "things/{thing.id}"], DATA) == {"things", "things/7"}


def _texts(name: Any) -> str:
    """What would be asked for, with 7 for what an earlier reply said."""
    return name if isinstance(name, str) else "".join(one if isinstance(one, str) else "7" for one in name[NAME])


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_drawn_is_right_or_has_its_fault_and_values_that_are_known_are_taken(data: st.DataObject) -> None:
    topic = data.draw(st.sampled_from(sorted(TOPICS)))
    assert fault_of(TOPICS, data.draw(names(TOPICS, VALUES, topic))) == ""
    assert fault_of(TOPICS, data.draw(wrong_names(TOPICS, topic)))
    place = said("made", "/data/id")
    name = data.draw(
        names(TOPICS, VALUES, "things/{thing.id}", lambda field: [place] if field.at == "/thing/id" else [])
    )
    assert topic_of(TOPICS, _texts(name)) == "things/{thing.id}"
    assert fault_of(TOPICS, _texts(name)) == ""


def test_a_request_says_what_a_field_is_by_its_own_name_or_by_any() -> None:
    field = TOPICS["named/{thing.name}/all"].parts[1]
    assert isinstance(field, Field)
    assert likely(field, {"thing": {"name": "a b", "note": "c"}, "count": 1}) == ["a%20b"]
    assert likely(field, {"note": "c", "long": "sixsix", "done": True, "few": [1], "none": None}) == ["c", "true"]


def test_places_of_an_answer_are_its_values_and_a_record_within_itself_ends() -> None:
    found = dict(places(DOCUMENT, {"$ref": "#/components/schemas/Thing"}))
    assert found == {"/id": {"type": "integer"}, "/kind": DOCUMENT["components"]["schemas"]["Kind"]}


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (7, "7"), ("a/ü~", "a%2F%C3%BC~")])
def test_a_value_is_spelled_as_names_have_it(value: object, text: str) -> None:
    assert spelled(value) == text


def test_our_document_s_channel_has_them_and_what_is_none_is_said() -> None:
    topics = read_socket(OURS).topics
    assert topics["artists"].filters["artist.id"].at == "/artist/id"
    assert [one.at for one in topics["artists/{artist.id}"].parts if isinstance(one, Field)] == ["/artist/id"]
    channel = OURS["channels"]["web"]
    for word in ("x-filters", "x-parameters"):
        broken = channel | {
            word: {topic: {"artist.id": {"schema": {}}} for topic in ("artists", "artists/{artist.id}")}
        }
        with pytest.raises(DocumentError, match="x-filters"):
            read_socket(OURS | {"channels": {"web": broken}})

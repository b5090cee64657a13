"""Values and messages convert both ways without loss; the laws are run on every case in test_cases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from generated import wire
from generated.proto import audit_log_pb2, authors_pb2
from generated.results import Author
from generated.wire import CODECS

AT = datetime(2024, 2, 29, 12, 30, 45, 123456, tzinfo=UTC)
FULL = Author(id=2**53 - 1, name="Å", bio="b", born_on=date(1815, 12, 10), created_at=AT, updated_at=AT, version=3)
BARE = Author(id=1, name="", bio=None, born_on=None, created_at=AT, updated_at=AT, version=1)


@pytest.mark.parametrize("author", [FULL, BARE])
def test_an_author_survives_the_message(author: Author) -> None:
    message = authors_pb2.Author()
    wire.write_author(message, author)
    assert wire.read_author(authors_pb2.Author.FromString(message.SerializeToString())) == author


def test_a_message_is_judged_by_the_same_model_as_json() -> None:
    codec = CODECS["create_author"]
    with pytest.raises(ValidationError):
        codec.decode_protobuf(authors_pb2.CreateAuthorRequest(name="x" * 201).SerializeToString())
    with pytest.raises(ValidationError):
        codec.decode_protobuf(authors_pb2.CreateAuthorRequest(name="x", born_on="yesterday").SerializeToString())


def test_the_unset_member_of_an_enum_is_refused_in_a_request() -> None:
    message = audit_log_pb2.GetAuditLogsRequest(outcome=audit_log_pb2.AUDIT_OUTCOME_UNSPECIFIED)
    with pytest.raises(ValidationError):
        CODECS["get_audit_logs"].decode_protobuf(message.SerializeToString())


def test_an_event_is_found_by_its_type() -> None:
    assert [event.name for event in wire.EVENT_OF.values()] == ["author_created"]

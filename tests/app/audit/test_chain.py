"""What is hashed is a form that anybody can compute again; nothing in a link or a row changes without its hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from app.audit.chain import GENESIS, SEALED, Head, digest_of, packed, seal, unpacked
from app.audit.tables import AUDIT_LOG

ROW: dict[str, Any] = {
    "id": 7, "at": datetime(2024, 2, 29, 12, 0, 0, 5, tzinfo=UTC), "username": "ädä", "subject": None, "roles": ["a", "b"],
    "action": "x", "outcome": "success", "code": None, "door": "http", "object_id": "1", "ip": None, "user_agent": None,
    "trace_id": "t", "duration_ms": 3, "sid": None, "reason": None, "key": UUID(int=9),
    "data": '{"name": "Emma", "born": "\u00e4"}', "altered": False,
}  # fmt: skip
OTHER: dict[str, Any] = {
    name: f"{value}!" if isinstance(value, str) else "new" if value is None else value for name, value in ROW.items()
} | {
    "at": ROW["at"] + timedelta(microseconds=1),
    "roles": ["b", "a"],
    "duration_ms": 4,
    "key": None,
    "data": '{"name": "Anna", "born": "\u00e4"}',
    "altered": True,
}


def test_a_row_s_digest_is_of_a_form_that_is_written_down() -> None:
    text = (
        '[1709208000000005,"\\u00e4d\\u00e4",null,["a","b"],"x","success",null,"http","1",null,null,"t",3,null,null,'
        '"00000000-0000-0000-0000-000000000009"'
    )
    more = ',{"born":"\\u00e4","name":"Emma"},false'
    assert digest_of(ROW) == hashlib.sha256(f"{text}{more}]".encode()).digest()
    assert digest_of(ROW, 1) == hashlib.sha256(f"{text}]".encode()).digest()
    assert digest_of(ROW | {"data": '{"born": "ä", "name": "Emma"}'}) == digest_of(ROW)
    elsewhere = ROW | {"at": ROW["at"].astimezone(timezone(timedelta(hours=5)))}
    assert digest_of(elsewhere) == digest_of(ROW)


def test_every_column_but_the_id_is_in_the_digest() -> None:
    assert set(SEALED) == {column.name for column in AUDIT_LOG.columns} - {"id"}
    digests = {digest_of(ROW | {name: OTHER[name]}) for name in SEALED}
    assert len(digests) == len(SEALED)
    assert digest_of(ROW) not in digests
    assert digest_of(ROW | {"id": 8}) == digest_of(ROW)


def test_each_month_has_its_link_and_each_link_the_hash_before_it() -> None:
    rows = [
        ROW | {"id": number, "at": datetime(2024, month, 1, tzinfo=UTC)} for number, month in ((8, 3), (9, 2), (10, 3))
    ]
    links = list(seal(rows, Head(4, 7, b"h" * 32), last_id=12, sealed_at=ROW["at"]))
    assert [(one.position, one.month, one.after_id, one.last_id, one.rows) for one, _ in links] == [
        (5, date(2024, 2, 1), 7, 12, 1), (6, date(2024, 3, 1), 7, 12, 2),
    ]  # fmt: skip
    assert [one.previous for one, _ in links] == [b"h" * 32, links[0][0].hash]
    assert [[number for number, _ in unpacked(digests)] for _, digests in links] == [[9], [8, 10]]
    assert all(one.hash == one.expected_hash() for one, _ in links)


@pytest.mark.parametrize(
    "change",
    [
        {"position": 2}, {"form": 1}, {"month": date(2024, 3, 1)}, {"after_id": 1}, {"last_id": 8}, {"rows": 2},
        {"first_at": OTHER["at"]}, {"last_at": OTHER["at"]}, {"sealed_at": OTHER["at"]}, {"rows_hash": b"x" * 32}, {"previous": b"x" * 32},
    ],
    ids=str,
)  # fmt: skip
def test_every_member_of_a_link_is_in_its_hash(change: dict[str, Any]) -> None:
    ((link, _),) = seal([ROW], Head(), last_id=7, sealed_at=ROW["at"])
    assert replace(link, **change).expected_hash() != link.hash


def test_a_link_s_hash_is_of_a_form_that_is_written_down() -> None:
    ((link, digests),) = seal([ROW], Head(), last_id=7, sealed_at=ROW["at"])
    moment = 1709208000000005
    values = [2, 1, "2024-02-01", 0, 7, 1, moment, moment, moment, hashlib.sha256(digests).hexdigest(), GENESIS.hex()]
    assert link.hash == hashlib.sha256(json.dumps(values, separators=(",", ":")).encode()).digest()


def test_digests_are_packed_and_unpacked_and_a_cut_one_is_left_out() -> None:
    pairs = [(2**40, b"a" * 32), (-1, b"b" * 32)]
    assert list(unpacked(packed(pairs))) == pairs
    assert list(unpacked(packed(pairs)[:-1])) == pairs[:1]


def test_no_rows_make_no_link() -> None:
    assert list(seal([], Head(), last_id=7, sealed_at=ROW["at"])) == []

"""A request that names no operation leaves a row; who looks for addresses fills no table."""

from __future__ import annotations

from typing import Any

from app.audit.budget import WINDOW_S
from app.audit.record import AuditRecord
from app.http.refusals import MAX_OF_ADDRESS, MAX_ROWS, Refusals
from generated.errors import MethodNotAllowed, UnknownOperation


class Listener:
    """The audit queue, the counter of what is left out and the clock."""

    def __init__(self) -> None:
        self.rows: list[AuditRecord] = []
        self.left_out = 0
        self.now = 100.0
        self.refusals = Refusals(self, on_left_out=self.leave_out, trusted_proxies=0, clock=lambda: self.now)

    def offer(self, record: AuditRecord) -> None:
        self.rows.append(record)

    def leave_out(self, count: int) -> None:
        self.left_out += count

    def note(self, path: str = "/x", ip: str = "10.0.0.1", method: str = "GET") -> None:
        scope: dict[str, Any] = {"client": (ip, 1), "path": path, "method": method, "headers": [(b"user-agent", b"t")]}
        self.refusals.note(scope, UnknownOperation(), "trace")


def test_a_row_says_where_from_what_and_how_without_a_credential() -> None:
    one = Listener()
    one.note("/web/bearer.abcdefghijklmnop/" + "\x00" + "p" * 500, method="M" * 100)
    [row] = one.rows
    assert (row.action, row.code, row.outcome, row.door, row.ip, row.trace_id) == (
        "http.unknown_operation", "unknown_operation", "error", "http", "10.0.0.1", "trace",
    )  # fmt: skip
    assert row.object_id is not None
    assert row.object_id.startswith("/web/bearer.[scrubbed]\\u0000p")
    assert len(row.object_id) <= 255
    assert (row.reason, row.user_agent) == ("M" * 20, "t")
    scope: dict[str, Any] = {"client": None, "path": "/", "method": "PATCH", "headers": []}
    one.refusals.note(scope, MethodNotAllowed(), "trace")
    assert (one.rows[1].action, one.rows[1].reason) == ("http.method_not_allowed", "PATCH")


def test_an_address_gets_ten_rows_a_minute_and_the_others_are_counted() -> None:
    one = Listener()
    for _ in range(25):
        one.note()
    one.note(ip="10.0.0.2")
    assert (len(one.rows), one.left_out) == (MAX_OF_ADDRESS + 1, 25 - MAX_OF_ADDRESS)
    one.now += WINDOW_S
    one.note()
    assert len(one.rows) == MAX_OF_ADDRESS + 2


def test_every_address_of_one_network_counts_as_one_caller_and_the_row_has_the_whole_one() -> None:
    one = Listener()
    for number in range(25):
        one.note(ip=f"2001:db8:0:1::{number + 1:x}")
    one.note(ip="2001:db8:0:2::1")
    assert (len(one.rows), one.left_out) == (MAX_OF_ADDRESS + 1, 25 - MAX_OF_ADDRESS)
    assert one.rows[1].ip == "2001:db8:0:1::2"


def test_many_addresses_together_get_no_more_than_the_node_does() -> None:
    one = Listener()
    for number in range(1000):
        one.note(ip=f"10.0.{number // 250}.{number % 250}")
    assert (len(one.rows), one.left_out) == (MAX_ROWS, 1000 - MAX_ROWS)

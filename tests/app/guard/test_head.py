"""Rules over heads, as functions; tests/faults/test_transport.py sends them to a server."""

from __future__ import annotations

import pytest

from app.guard.head import (
    MAX_FIELDS,
    MAX_HEAD_BYTES,
    check_fields,
    check_size,
    check_unfinished,
    check_upgrade,
    without_upgrade,
)
from generated.errors import HeadTooLarge, Malformed, TargetTooLong

Fields = list[tuple[bytes, bytes]]
HOST = (b"host", b"x")


@pytest.mark.parametrize(
    "host",
    [b"x", b"example.org", b"example.org:8000", b"127.0.0.1:1", b"[::1]", b"[2001:DB8::1]:80", b"a_b.c", b"x:"],
)
def test_a_host_is_a_name_or_an_address_with_or_without_port(host: bytes) -> None:
    assert check_fields([(b"host", host)], is_old=False) is None


@pytest.mark.parametrize("host", [b"", b"a b", b"a@b", b"a/b", b"a,b:c", b"[::1", b"x:8a", b"\xe4", b"a\n"])
def test_nonsense_is_no_host(host: bytes) -> None:
    with pytest.raises(Malformed):
        check_fields([(b"host", host)], is_old=False)


@pytest.mark.parametrize("fields", [[], [HOST, HOST]])
def test_there_is_one_host(fields: Fields) -> None:
    with pytest.raises(Malformed):
        check_fields(fields, is_old=False)


def test_http_1_0_may_have_no_host_but_not_two() -> None:
    assert check_fields([], is_old=True) is None
    with pytest.raises(Malformed):
        check_fields([HOST, HOST], is_old=True)


def test_the_length_is_answered_where_it_is_declared() -> None:
    assert check_fields([HOST, (b"content-length", b"12")], is_old=False) == 12
    assert check_fields([HOST, (b"transfer-encoding", b"Chunked")], is_old=False) is None


@pytest.mark.parametrize(("coding", "is_old"), [(b"gzip, chunked", False), (b"identity", False), (b"chunked", True)])
def test_a_coding_that_nobody_undoes_is_refused(coding: bytes, is_old: bool) -> None:
    with pytest.raises(Malformed):
        check_fields([HOST, (b"transfer-encoding", coding)], is_old=is_old)


def test_fields_are_counted() -> None:
    check_fields([HOST] + [(b"a", b"")] * (MAX_FIELDS - 1), is_old=False)
    with pytest.raises(HeadTooLarge):
        check_fields([HOST] + [(b"a", b"")] * MAX_FIELDS, is_old=False)


def test_the_version_is_1_1_or_1_0() -> None:
    assert [check_size(b"GET / HTTP/1.%d\r\n\r\n" % minor) for minor in (1, 0)] == [False, True]
    for line in (b"GET / HTTP/2.0", b"GET / HTTP/1.2", b"GET /", b"GET / HTTP/1.1 ", b""):
        with pytest.raises(Malformed):
            check_size(line + b"\r\n\r\n")


def test_sizes_are_bounded_whole_or_not() -> None:
    target = b"GET /" + b"a" * MAX_HEAD_BYTES + b" HTTP/1.1\r\n\r\n"
    field = b"GET / HTTP/1.1\r\na:" + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n"
    for check in (check_size, check_unfinished):
        with pytest.raises(TargetTooLong):
            check(target)
        with pytest.raises(HeadTooLarge):
            check(field)
    check_unfinished(b"GET / HTTP/1.1\r\n" + b"a:\r\n" * MAX_FIELDS)
    with pytest.raises(HeadTooLarge):
        check_unfinished(b"GET / HTTP/1.1\r\n" + b"a:\r\n" * (MAX_FIELDS + 1))


def test_a_socket_is_asked_for_by_get_of_http_1_1() -> None:
    asks: Fields = [(b"upgrade", b"WebSocket")]
    assert check_upgrade(b"GET", asks, is_old=False)
    assert not check_upgrade(b"POST", [(b"upgrade", b"h2c")], is_old=False)
    for method, is_old in ((b"POST", False), (b"GET", True), (b"CONNECT", False)):
        with pytest.raises(Malformed):
            check_upgrade(method, asks, is_old=is_old)


def test_an_upgrade_can_be_left_out() -> None:
    assert without_upgrade(b"GET / HTTP/1.1\r\nUpGrade: h2c\r\nhost: x\r\n\r\n") == b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"

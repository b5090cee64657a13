"""The caller's address is believed only from our own proxies, counted from the right."""

from __future__ import annotations

from typing import Any

import pytest

from app.execution.address import MAX_REMEMBERED, _canonical, client_ip, limit_key


def scope(*forwarded: bytes) -> dict[str, Any]:
    return {"client": ("10.0.0.9", 1), "headers": [(b"x-forwarded-for", value) for value in forwarded]}


def test_without_proxies_the_header_is_ignored() -> None:
    assert client_ip(scope(b"1.1.1.1"), 0) == "10.0.0.9"


def test_the_hop_is_counted_from_the_right() -> None:
    assert client_ip(scope(b"6.6.6.6, 2.2.2.2", b"3.3.3.3"), 1) == "3.3.3.3"
    assert client_ip(scope(b"6.6.6.6, 2.2.2.2", b"3.3.3.3"), 2) == "2.2.2.2"


def test_too_few_hops_leave_the_peer() -> None:
    assert client_ip(scope(b"1.1.1.1"), 2) == "10.0.0.9"
    assert client_ip({"client": None, "headers": []}, 0) == ""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:c000:207", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:80", "192.0.2.7"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("[2001:db8::1]:65535", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:80", "fe80::1"),
    ],
)
def test_an_address_is_the_same_text_however_it_is_written(written: str, read: str) -> None:
    assert client_ip(scope(written.encode()), 1) == read
    assert client_ip({"client": (written, 1), "headers": []}, 0) == read


@pytest.mark.parametrize(
    "garbage",
    [
        "", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "01.2.3.4", "0x7f.1", "1.2.3.4:", "1.2.3.4:port", "1.2.3.4%eth0",
        "[::1", "[::1]x", "[1.2.3.4]x", ":::1", "::1%", "1.2.3.4:123456", "1.2.3.4\x00", "1" * 8000, "é",
    ],
)  # fmt: skip
def test_what_a_header_calls_an_address_and_is_none_leaves_the_peer(garbage: str) -> None:
    assert client_ip(scope(garbage.encode()), 1) == "10.0.0.9"


def test_limits_count_an_ipv4_address_and_the_64_network_of_an_ipv6_one() -> None:
    """D19: a caller with a whole network of addresses has one budget."""
    assert limit_key("192.0.2.7") == "192.0.2.7"
    assert limit_key("2001:db8:1:2:3:4:5:6") == limit_key("2001:db8:1:2::") == "2001:db8:1:2::/64"
    assert limit_key("2001:db8:1:3::1") != limit_key("2001:db8:1:2::1")
    assert limit_key("") == ""


def test_no_flood_of_addresses_is_remembered() -> None:
    for number in range(2 * MAX_REMEMBERED):
        limit_key(client_ip(scope(f"2001:db8:{number:x}::1".encode()), 1))
    assert _canonical.cache_info().currsize <= MAX_REMEMBERED
    assert limit_key.cache_info().currsize <= MAX_REMEMBERED

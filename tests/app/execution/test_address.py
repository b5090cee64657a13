"""The caller's address is believed only from our own proxies, counted from the right."""

from __future__ import annotations

from typing import Any

from app.execution.address import client_ip


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

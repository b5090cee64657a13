"""A node answers by the names that it was given, with any port, and by no other."""

from __future__ import annotations

import pytest

from app.guard.hosts import MAX_KNOWN, TrustedHosts
from generated.errors import Malformed

HOSTS = TrustedHosts(("api.example.com", "*.sub.example.com", "127.0.0.1", "[::1]"), [b"/livez"])


def check(host: bytes, target: bytes = b"/api") -> None:
    HOSTS.check([(b"accept", b"*/*"), (b"host", host)], target)


@pytest.mark.parametrize(
    "host", [b"api.example.com", b"API.example.com:443", b"a.sub.example.com", b"a.b.sub.example.com:8", b"127.0.0.1:80", b"[::1]:9"]
)  # fmt: skip
def test_its_names_are_taken_with_any_port_twice(host: bytes) -> None:
    check(host)
    check(host)


@pytest.mark.parametrize(
    "host",
    [b"evil.example", b"example.com", b"sub.example.com", b"xapi.example.com", b"api.example.com.evil", b"[::2]", b"", b"evilsub.example.com"],
)  # fmt: skip
def test_any_other_name_is_refused(host: bytes) -> None:
    with pytest.raises(Malformed):
        check(host)


def test_a_probe_may_ask_by_any_name_and_a_path_that_is_like_it_may_not() -> None:
    check(b"10.0.0.7:8000", b"/livez?x=1")
    with pytest.raises(Malformed):
        check(b"10.0.0.7:8000", b"/livez/x")


def test_what_it_remembers_is_bounded() -> None:
    for port in range(2 * MAX_KNOWN):
        check(b"api.example.com:%d" % port)
    assert len(HOSTS._known) <= MAX_KNOWN

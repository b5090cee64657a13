"""Addresses are judged before anything is opened, and no password is repeated."""

from __future__ import annotations

import ssl

import pytest

from app.addresses import (
    check_host,
    check_issuer,
    check_origin,
    check_origins,
    check_redis,
    masked,
    postgres_url,
    redis_nodes,
    redis_tls,
)


@pytest.mark.parametrize(
    ("given", "libpq"),
    [
        ("postgresql+asyncpg://u:p@h:5432/d", "postgresql://u:p@h:5432/d"),
        ("postgres://u:p@h/d?sslmode=require", "postgresql://u:p@h/d?sslmode=require"),
        ("postgresql+asyncpg://h/d?ssl=require", "postgresql://h/d?sslmode=require"),
        ("postgresql://u:p%40ss@h/d", "postgresql://u:p%40ss@h/d"),
        ("postgresql://u@/d?host=/run", "postgresql://u@/d?host=%2Frun"),
        ("postgres://h/d?sslmode=verify-full&connect_timeout=10&channel_binding=prefer", "postgresql://h/d?sslmode=verify-full"),
        ("postgres://h/d?sslrootcert=system", "postgresql://h/d?sslrootcert=system"),
    ],
)  # fmt: skip
def test_what_providers_hand_out_is_taken_as_libpq_and_asyncpg_read_it(given: str, libpq: str) -> None:
    assert postgres_url(given) == libpq


def test_a_file_of_tls_that_cannot_be_read_is_told_by_its_name() -> None:
    with pytest.raises(ValueError, match="names /gone as sslrootcert, which cannot be read"):
        postgres_url("postgres://h/d?sslmode=verify-full&sslrootcert=/gone")
    with pytest.raises(ValueError, match="names /gone as ssl_ca_certs, which cannot be read"):
        check_redis("rediss://h?ssl_ca_certs=/gone")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("redis://h?db=1", "says db, which is not read"),
        ("redis://h?ssl_cert_reqs=none", "is for rediss://"),
        ("rediss://h?ssl_cert_reqs=maybe", "neither required nor none"),
    ],
)
def test_what_a_redis_url_says_beyond_its_address_is_known_or_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_redis(text)


def test_how_tls_is_spoken_with_redis_is_what_its_url_says() -> None:
    assert redis_tls("redis://h") is None
    checking, trusting = redis_tls("rediss://h"), redis_tls("rediss://h?ssl_cert_reqs=none")
    assert checking is not None
    assert trusting is not None
    assert (checking.verify_mode, trusting.verify_mode) == (ssl.CERT_REQUIRED, ssl.CERT_NONE)


def test_what_the_driver_cannot_keep_is_refused_and_not_forgotten() -> None:
    with pytest.raises(ValueError, match=r"sslmode=verify; it is one of disable, .*, verify-full"):
        postgres_url("postgres://u:p@h/d?sslmode=verify")
    with pytest.raises(ValueError, match="sslmode=true"):
        postgres_url("postgresql+asyncpg://u:p@h/d?ssl=true")
    with pytest.raises(ValueError, match="channel_binding"):
        postgres_url("postgres://u:p@h/d?sslmode=require&channel_binding=require")


@pytest.mark.parametrize(
    "text", ["", "nonsense", "mysql://u@h/d", "postgresql+psycopg://u@h/d", "postgresql://u@h:x/d", "postgresql:///d"]
)
def test_what_is_no_postgresql_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|names no"):
        postgres_url(text)


@pytest.mark.parametrize(
    "text", ["redis://h", "redis://:p@h:6379/0", "rediss://u:p@h:6380/15", "unix:///run/redis.sock"]
)
def test_redis_by_address_or_socket(text: str) -> None:
    assert check_redis(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "h:6379", "http://h", "redis://", "redis:///0", "redis://h:x", "redis://h:99999", "redis://h/db", "unix://"],
)
def test_what_is_no_redis_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|names no|does not"):
        check_redis(text)


@pytest.mark.parametrize(
    ("text", "kind", "nodes", "one"),
    [
        ("redis+sentinel://h/main", "sentinel", (("h", 26379),), "redis://m:6379/0"),
        ("redis+sentinel://a:1,b:2/main/3", "sentinel", (("a", 1), ("b", 2)), "redis://m:6379/3"),
        ("redis+cluster://u:p%40@a,[::1]:7001", "cluster", (("a", 6379), ("::1", 7001)), "redis://u:p%40@m:6379/0"),
        ("rediss+cluster://:p@a/0?ssl_cert_reqs=none", "cluster", (("a", 6379),), "rediss://:p@m:6379/0?ssl_cert_reqs=none"),
    ],
)  # fmt: skip
def test_several_redis_servers_are_one_url(text: str, kind: str, nodes: tuple[tuple[str, int], ...], one: str) -> None:
    found = redis_nodes(check_redis(text))
    assert found is not None
    assert (found.kind, found.nodes, found.url("m", 6379)) == (kind, nodes, one)
    assert found.url("::1", 1).endswith(one.partition("m:6379")[2])
    assert "[::1]:1/" in found.url("::1", 1)


def test_sentinels_may_have_a_login_of_their_own() -> None:
    found = redis_nodes(check_redis("redis+sentinel://:p@h/main%20one?sentinel_username=u&sentinel_password=%40"))
    assert found is not None
    assert (found.service, found.sentinel_login) == ("main one", {"username": "u", "password": "@"})
    assert found.url("m", 1) == "redis://:p@m:1/0"
    assert redis_nodes("redis://h") is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("redis+sentinel://h1,h2", "does not name the service"),
        ("redis+sentinel://h/main/x", "does not name its database"),
        ("redis+sentinel:///main", "names no host"),
        ("redis+cluster://a,,b", "names no host, or an empty one"),
        ("redis+cluster://a:x", "'a:x', which is no host with a port"),
        ("redis+cluster://a:70000", "'a:70000', which is no host with a port"),
        ("redis+cluster://a/1", "names database 1, and a cluster has only 0"),
        ("redis+cluster://a?sentinel_password=x", "says sentinel_password, which is not read"),
        ("redis+sentinel://a/m?ssl_cert_reqs=none", "speaks of TLS, which is for rediss://"),
        ("redis+other://a", "is not a Redis URL"),
        ("unix+cluster://a", "is not a Redis URL"),
        ("redis+cluster://[::1", "is not a URL"),
        ("redis://a:1,b:2/0", "names several hosts, which is for redis\\+sentinel:// and redis\\+cluster://"),
    ],
)
def test_what_is_wrong_with_a_url_of_several_servers_is_named(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        check_redis(text)


@pytest.mark.parametrize(
    "text", ["", "k.example", "ftp://k", "https://", "https://u:p@k", "https://k?x=1", "https://k:x"]
)
def test_what_is_no_issuer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|must have"):
        check_issuer(text)


@pytest.mark.parametrize(
    "text", ["https://a.example", "http://127.0.0.1:8000", "https://[::1]:8443", "tauri://localhost"]
)
def test_an_origin_is_what_a_browser_sends(text: str) -> None:
    check_origin(text)


@pytest.mark.parametrize(
    "text",
    ["a.example", "https://a.example/", "https://a.example/x", "https://A.example", "https://a.example:443", "http://a:80",
     "https://*.example", "https://u@a.example", "https://", "https://a.example:", "https://bücher.example", "*", "null"],
)  # fmt: skip
def test_no_browser_sends_it(text: str) -> None:
    with pytest.raises(ValueError, match="contain"):
        check_origin(text)


@pytest.mark.parametrize("text", ["*", "null"])
def test_everybody_and_nobody_in_particular_are_production_s_to_refuse(text: str) -> None:
    assert check_origins((text,)) == (text,)


@pytest.mark.parametrize("text", ["*", "a.example", "*.example", "127.0.0.1", "[::1]", "localhost"])
def test_a_host_is_a_name_or_an_address(text: str) -> None:
    assert check_host(text) == text


@pytest.mark.parametrize("text", ["", "a.example:80", "A.example", "https://a", "a.*", "*a", "a b"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="contains"):
        check_host(text)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://u:hunter2@h:1/d?password=hunter2", "postgresql://h:1/d"),
        ("redis://:hunter2/hunter2?hunter2#@h", "redis://h"),
        ("redis://h?hunter2", "redis://h"),
        ("redis+cluster://u:hunter2@h:1,h:2?sentinel_password=hunter2", "redis+cluster://h:1,h:2"),
        ("hunter2", "7 characters"),
        ("u:hunter2@h://", "14 characters"),
    ],
)
def test_a_password_is_not_shown_however_badly_it_is_written(given: str, shown: str) -> None:
    assert masked(given) == shown

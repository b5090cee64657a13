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


@pytest.mark.parametrize("query", ["sslmode=required", "ssl=true", "sslmode=require&sslmode=require"])
def test_a_mode_of_tls_that_libpq_has_not_is_told_with_those_that_it_has(query: str) -> None:
    with pytest.raises(ValueError, match="sslmode that is none of disable, allow, prefer, require, verify-ca"):
        postgres_url(f"postgres://h/d?{query}")


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
        ("hunter2", "7 characters"),
        ("u:hunter2@h://", "14 characters"),
    ],
)
def test_a_password_is_not_shown_however_badly_it_is_written(given: str, shown: str) -> None:
    assert masked(given) == shown

"""Entity tags are compared as RFC 9110 §13.1 says: `If-None-Match` weakly, `If-Match` strongly, both as lists."""

from __future__ import annotations

import asyncpg
import pytest

from app.development.servers import Postgres
from app.http.conditions import MAX_TAGS, entity_tags, expected_versions, is_unchanged
from generated.errors import InvalidData, Malformed
from tests.app.http.test_door import send
from tests.running_service import RunningService


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (b'"3"', [(b"", b"3")]),
        (b'W/"3"', [(b"W/", b"3")]),
        (b' "a,b" ,, W/"" ', [(b"", b"a,b"), (b"W/", b"")]),
        (b"3", None),
        (b'w/"3"', None),
        (b'"3" "4"', None),
        (b'"3', None),
        (b'"a b"', None),
        (b"", None),
        (b",", None),
        (b'*, "3"', None),
    ],
)
def test_a_list_of_entity_tags(text: bytes, tags: list[tuple[bytes, bytes]] | None) -> None:
    assert entity_tags(text) == tags


@pytest.mark.parametrize(
    ("text", "is_same"),
    [
        (b'"7"', True),
        (b'W/"7"', True),
        (b'"6", W/"7"', True),
        (b"*", True),
        (b'"6"', False),
        (b'"77"', False),
        (b"7", False),
    ],
)
def test_who_has_it_need_not_get_it_again(text: bytes, is_same: bool) -> None:
    assert is_unchanged(text, b"7") is is_same


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        (b"*", [None]),
        (b'"3"', [3]),
        (b'"3", "5","3"', [3, 5]),
        (b'W/"3", "5"', [5]),
        (b'W/"3"', [99]),
        (b'"abc"', [99]),
        (b'"0"', [99]),
        (b'"100"', [99]),
        (b'"' + b"9" * 500 + b'"', [99]),
        (b'"03"', [99]),
    ],
)
def test_what_cannot_match_becomes_a_version_that_is_never_reached(text: bytes, versions: list[int | None]) -> None:
    assert expected_versions("version", (1, 99), text) == versions


def test_what_is_no_list_of_tags_is_refused_and_so_is_a_long_one() -> None:
    with pytest.raises(InvalidData) as refused:
        expected_versions("version", (1, 99), b"3")
    assert refused.value.errors[0].pointer == "/version"
    with pytest.raises(Malformed):
        expected_versions("version", (1, 99), b",".join(b'"%d"' % one for one in range(MAX_TAGS + 1)))


async def new_artist(service: RunningService, name: str) -> str:
    """The path of an artist at version 1."""
    headers = {"content-type": "application/json"}
    made = await send(
        service, "POST", "/api/artists", user="editor", headers=headers, body=f'{{"name": "{name}"}}'.encode()
    )
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    return str(made.headers["location"])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_304_to_who_has_it_with_what_it_must_carry(service: RunningService, method: str) -> None:
    """RFC 9110 §15.4.5: neither a body nor its headers, but the ETag and what else the 200 had."""
    path = await new_artist(service, f"304 {method}")
    whole = await send(service, method, path)
    for given in ('"1"', 'W/"1"', '"9", W/"1"', "*"):
        same = await send(service, method, path, headers={"if-none-match": given})
        assert (given, same.status_code, same.content) == (given, 304, b"")
        for name in ("etag", "cache-control", "vary", "stele-contract", "ratelimit-policy", "x-content-type-options"):
            assert same.headers[name] == whole.headers[name]
        assert not {"content-type", "content-length", "transfer-encoding"} & set(same.headers)
    for given in ('"2"', '"9", W/"2"', "1", ""):
        other = await send(service, method, path, headers={"if-none-match": given})
        assert (given, other.status_code) == (given, 200)


async def test_a_precondition_counts_only_where_the_answer_would_be_a_success(service: RunningService) -> None:
    """RFC 9110 §13.2.1."""
    anything = {"if-none-match": "*"}
    assert (await send(service, "GET", "/api/artists/987654", headers=anything)).status_code == 404
    assert (await send(service, "GET", "/api/artists", headers=anything)).status_code == 200, "a list has no ETag"
    never = {"if-match": 'W/"1"'}
    assert (await send(service, "DELETE", "/api/artists/987654", user="admin", headers=never)).status_code == 404


async def test_lines_of_one_name_are_one_list(service: RunningService) -> None:
    """RFC 9110 §5.3."""
    path = await new_artist(service, "lines")
    lines = [("if-none-match", '"1"'), ("if-none-match", '"9"')]
    assert (await send(service, "GET", path, headers=lines)).status_code == 304


@pytest.mark.parametrize("given", ['W/"1"', '"2"', '"abc"', '"0"', '"9007199254740993"', 'W/"1", "2"'])
async def test_if_match_is_412_where_no_strong_tag_is_the_stored_one(service: RunningService, given: str) -> None:
    """RFC 9110 §13.1.1."""
    path = await new_artist(service, f"412 {given.replace(chr(34), '')}")
    refused = await send(service, "DELETE", path, user="admin", headers={"if-match": given})
    assert (refused.status_code, refused.json()["code"]) == (412, "version_mismatch")
    assert (await send(service, "GET", path)).status_code == 200


@pytest.mark.parametrize("given", ["1", "'1'", '"1', ""])
async def test_if_match_that_is_none_is_refused(service: RunningService, given: str) -> None:
    path = await new_artist(service, f"422 {len(given)}{ord((given or '-')[0])}")
    refused = await send(service, "DELETE", path, user="admin", headers={"if-match": given})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/expected_version")


async def test_if_match_takes_a_list_and_leaves_one_row_of_audit(service: RunningService, postgres: Postgres) -> None:
    path = await new_artist(service, "a list")
    headers = {
        "if-match": 'W/"1", "7", "1", "8"',
        "content-type": "application/json",
        "x-correlation-id": "if-match-list",
    }
    body = b'{"name": "a list that matches"}'
    done = await send(service, "PUT", path, user="editor", headers=headers, body=body)
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    again = await send(service, "PUT", path, user="editor", headers=headers, body=body)
    assert (again.status_code, again.json()["code"]) == (412, "version_mismatch")
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    rows = await connection.fetch("SELECT outcome FROM audit_log WHERE trace_id = 'if-match-list'")
    await connection.close()
    assert len(rows) == 2, "one for each request, however many versions were tried"

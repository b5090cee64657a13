"""An answer that is none of the service's, a proxy's page or a portal's, says what it is: by whom, its status, its type, its beginning."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from generated.sdk_python.stele_client import AsyncClient, errors, models
from tests.clients.misbehaving_server import ARTIST, MisbehavingServer, Request, problem, reply
from tests.clients.twins import FLAVOURS, Twin, twin

PAGE = "<html>\n  <head><title>520: Web server is returning an unknown error</title>\x1b[31m"
SHOWN = "<html> <head><title>520: Web server is returning an unknown error</title>"


@pytest.fixture
async def server() -> AsyncIterator[MisbehavingServer]:
    async with MisbehavingServer() as running:
        yield running


@pytest.fixture(params=FLAVOURS)
async def client(request: pytest.FixtureRequest, server: MisbehavingServer) -> AsyncIterator[Twin]:
    async with twin(request.param, server.url, transport="http", max_retries=1) as made:
        yield made


def always(server: MisbehavingServer, answer: bytes) -> None:
    async def on_http(request: Request) -> bytes | None:
        return answer

    server.on_http = on_http


async def refusal(client: Twin) -> errors.ApiError:
    with pytest.raises(errors.ApiError) as caught:
        await client.ask("artists.get", artist_id=7)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "attempts"),
    [
        (520, errors.Unavailable, 2),
        (502, errors.Unavailable, 2),
        (504, errors.TimedOut, 2),
        (530, errors.Unavailable, 2),
        (500, errors.ServerError, 1),
        (451, errors.InvalidData, 1),
        (403, errors.PermissionDenied, 1),
    ],
)
async def test_a_page_instead_of_a_problem_is_shown(
    client: Twin, server: MisbehavingServer, status: int, kind: type[errors.ApiError], attempts: int
) -> None:
    """What a proxy says of the service behind it is for now, and a read is repeated; what it refuses itself is not."""
    always(server, reply(status, PAGE, content_type="text/html; charset=utf-8"))
    error = await refusal(client)
    assert type(error) is kind
    assert (error.status, error.code) == (status, "")
    assert error.message.startswith(
        f"{server.url}/api/artists/7 answered {status} with text/html; charset=utf-8: {SHOWN}"
    )
    assert "\x1b" not in error.message
    assert len(server.requests) == attempts


async def test_an_empty_answer_says_that_it_is_empty(client: Twin, server: MisbehavingServer) -> None:
    always(server, reply(502, "").replace(b"content-type: application/problem+json\r\n", b""))
    error = await refusal(client)
    assert isinstance(error, errors.Unavailable)
    assert f"{server.url}/api/artists/7 answered 502 with n" in error.message


async def test_json_of_another_s_is_shown_and_no_more_of_it_than_its_beginning(
    client: Twin, server: MisbehavingServer
) -> None:
    always(server, reply(403, {"message": "no Route matched", "more": "x" * 1000}, content_type="application/json"))
    error = await refusal(client)
    assert '"no Route matched"' in error.message
    assert len(error.message) < 330


async def test_a_problem_of_the_contract_is_said_in_its_own_words(client: Twin, server: MisbehavingServer) -> None:
    always(server, reply(404, problem(404, "artist_not_found")))
    assert (await refusal(client)).message == "artist_not_found"


@pytest.mark.parametrize("answer", [reply(200, PAGE, content_type="text/html"), reply(302, PAGE, location="/login")])
async def test_a_portal_s_page_instead_of_a_result_is_shown(
    client: Twin, server: MisbehavingServer, answer: bytes
) -> None:
    always(server, answer)
    with pytest.raises(errors.InvalidResponse) as caught:
        await client.ask("artists.get", artist_id=7)
    assert SHOWN in caught.value.message
    assert f"{server.url}/api/artists/7 answered " in caught.value.message


async def test_a_query_is_not_shown(client: Twin, server: MisbehavingServer) -> None:
    """It may hold what no log should."""
    always(server, reply(520, PAGE, content_type="text/html"))
    with pytest.raises(errors.Unavailable) as caught:
        await client.ask("artists.get_page", name="secret name")
    assert f"{server.url}/api/artists/paginated answered 520" in caught.value.message
    assert "secret" not in caught.value.message


async def test_errors_and_results_are_readable_and_hide_what_is_sensitive(server: MisbehavingServer) -> None:
    always(server, reply(409, problem(409, "artist_name_taken", detail="it is taken", errors=[{"pointer": "/name", "message": "no"}])))  # fmt: skip
    async with AsyncClient(server.url, token="secret", transport="http") as client:
        assert repr(client) == f"AsyncClient('{server.url}', transport='http', encoding='json')"
        with pytest.raises(errors.ArtistNameTaken) as caught:
            await client.artists.get(artist_id=7)
    found = repr(caught.value)
    assert found.startswith(
        "ArtistNameTaken(code='artist_name_taken', status=409, message='it is taken', errors=(FieldFault("
    )
    assert f"trace_id='t', request_id='{caught.value.request_id}')" in found
    tokens = models.Tokens(access_token="secret", refresh_token="secret", expires_in=3, refresh_expires_in=4)
    assert repr(tokens) == "Tokens(token_type='Bearer', expires_in=3, refresh_expires_in=4)"
    assert repr(models.Artist(**ARTIST)).startswith("Artist(id=7, name='Ada', bio=None")

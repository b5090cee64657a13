"""An answer has the headers that the contract promises, and a problem too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from app.execution.context import Call, Caller, Door
from app.http.answer import send_problem, send_result, with_every_answer_s
from app.http.negotiation import PROTOBUF
from app.limits.limiter import Permit
from generated.errors import MethodNotAllowed, OutcomeUnknown, RateLimited, Timeout, Unauthenticated, Unavailable
from generated.http_routes import ROUTES
from generated.operations import BUCKETS, CONTRACT_HASH, CONTRACT_VERSION, OPERATIONS
from generated.results import Artist
from tests.features.artists.artists import NOW

CREATE = next(one for one in ROUTES if one.operation.name == "create_artist")
ARTIST = Artist(id=7, name="x", bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=3)


class Sent:
    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    async def __call__(self, message: dict[str, Any]) -> None:
        self.messages.append(message)

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return bytes(self.messages[1]["body"])


def call() -> Call:
    nothing: Any = None
    made = Call(OPERATIONS["create_artist"], nothing, nothing, Caller(None, "", "", Door.HTTP), "trace-1")
    made.permit = Permit(True, 120, 119, 30, 60)
    return made


async def test_a_created_resource_says_where_it_is_which_version_and_what_is_left() -> None:
    sent = Sent()
    await send_result(sent, CREATE, call(), ARTIST, "application/json")
    assert sent.messages[0]["status"] == 201
    assert sent.headers["location"] == "/api/artists/7"
    assert sent.headers["etag"] == '"3"'
    assert sent.headers["ratelimit"] == '"writes";r=119;t=30'
    assert sent.headers["ratelimit-policy"] == '"writes";q=120;w=60'
    assert sent.headers["x-correlation-id"] == "trace-1"
    assert sent.headers["stele-contract"] == f"{CONTRACT_VERSION};{CONTRACT_HASH}"
    assert int(sent.headers["content-length"]) == len(sent.body)


async def test_a_refusal_names_the_budget_that_is_spent() -> None:
    sent, refused = Sent(), call()
    refused.permit, refused.bucket = Permit(False, 10, 0, 9, 60), BUCKETS["unauthenticated"]
    await send_problem(sent, RateLimited(retry_after_s=9), "t", call=refused)
    assert sent.headers["ratelimit"] == '"unauthenticated";r=0;t=9'
    assert sent.headers["ratelimit-policy"] == '"unauthenticated";q=10;w=60'


async def test_a_problem_says_how_to_authenticate_and_when_to_come_again() -> None:
    sent = Sent()
    await send_problem(sent, Unauthenticated(), "t")
    assert sent.headers["www-authenticate"] == "Bearer"
    for error in (RateLimited(retry_after_s=9), RateLimited(), Unavailable(), OutcomeUnknown(), Timeout()):
        sent = Sent()
        await send_problem(sent, error, "t", call=call())
        assert int(sent.headers["retry-after"]) == msgspec.json.decode(sent.body)["retry_after"] >= 1
        assert sent.headers["content-type"] == "application/problem+json"
        assert msgspec.json.decode(sent.body)["trace_id"] == "t"


async def test_an_answer_that_is_written_elsewhere_gets_what_it_lacks_and_keeps_what_it_has() -> None:
    sent = Sent()
    own = [(b"X-Content-Type-Options", b"own")]
    await with_every_answer_s(sent, "trace-2")({"type": "http.response.start", "status": 200, "headers": own})
    assert sent.headers == {
        "X-Content-Type-Options": "own",
        "stele-contract": f"{CONTRACT_VERSION};{CONTRACT_HASH}",
        "x-correlation-id": "trace-2",
    }


async def test_head_gets_the_headers_alone_and_405_the_methods() -> None:
    sent = Sent()
    await send_problem(sent, MethodNotAllowed(), "t", allow="GET, PUT", is_head=True)
    assert (sent.headers["allow"], sent.body) == ("GET, PUT", b"")


async def test_a_stored_answer_says_so_and_protobuf_is_the_whole_message() -> None:
    sent, replayed = Sent(), call()
    replayed.replayed = True
    await send_result(sent, CREATE, replayed, ARTIST, PROTOBUF)
    assert sent.headers["idempotent-replayed"] == "true"
    assert sent.headers["content-type"] == PROTOBUF
    assert CREATE.codec.encode_protobuf
    assert sent.body == CREATE.codec.encode_protobuf(ARTIST)


async def test_the_tag_of_a_version_that_is_no_number_is_its_text() -> None:
    sent = Sent()
    await send_result(sent, replace(CREATE, etag="created_at"), call(), ARTIST, "application/json")
    assert sent.headers["etag"] == f'"{NOW.isoformat()}"'


@pytest.mark.parametrize(("verb", "status"), [("GET", 304), ("POST", 201)])
async def test_only_a_read_is_answered_304(verb: str, status: int) -> None:
    sent = Sent()
    await send_result(sent, replace(CREATE, verb=verb), call(), ARTIST, "application/json", b'W/"3"')
    assert sent.messages[0]["status"] == status

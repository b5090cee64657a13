"""A socket is opened by each form of credential: the good ones open, the bad ones do not, on the service itself."""

from __future__ import annotations

import asyncio

import pytest

from proof.callers import named
from proof.documents import DocumentError, read
from proof.ws.codec import JsonFrames
from proof.ws.contract import read_socket
from proof.ws.play import play
from proof.ws.player import CREDENTIALS, GOOD, Player, tampered
from proof.ws.session import Open, Session, Settle
from tests.running_service import RunningService


@pytest.fixture
def player(service: RunningService) -> Player:
    socket = read_socket(read(f"{service.url}/asyncapi.json"))
    return Player(service.url, socket, named(service.url, ("admin",), ()), {"application/json": JsonFrames()})


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_the_good_open_and_the_bad_do_not(credential: str, player: Player) -> None:
    steps = (Open("s", "stele.v1.json", "admin", credential), Settle())
    transcript = asyncio.run(play(player, Session("test", steps)))
    refused = [one.code for one in transcript.entries if one.kind == "refused"]
    closed = [one.code for one in transcript.entries if one.kind == "closed"]
    assert (refused, closed) == ([], [1000]) if credential in GOOD else (bool(refused) or closed == [4501])


def test_where_nothing_listens_it_is_said(player: Player) -> None:
    player.reach()
    socket = read_socket({"asyncapi": "3.0.0", "channels": {"a": {"messages": {"m": {}}}},
                          "operations": {"o": {"action": "receive", "channel": {"$ref": "#/channels/a"}}}})  # fmt: skip
    for url in ("http://127.0.0.1:9", "http://", "nothing"):
        with pytest.raises(DocumentError, match="does the service run"):
            Player(url, socket, {}, {}).reach()


def test_a_tampered_token_differs_in_its_signature_alone() -> None:
    assert tampered("a.b.cde") == "a.b.edc"
